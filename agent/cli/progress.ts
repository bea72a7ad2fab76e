// A line that fills up while a command works; it is drawn a hundred times at most and wiped when the work is done.

const width = 40

/** @param total steps of the whole work; with null nobody watches and nothing is drawn */
export function progressBar(write: ((text: string) => void) | null, total: number) {
  let done = 0
  let shown = -1
  return {
    step(label: string): void {
      done += 1
      const percent = Math.floor((100 * done) / total)
      if (!write || percent === shown) return
      shown = percent
      const filled = Math.round((width * percent) / 100)
      write(`\r[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${percent}% ${label}\u001b[K`)
    },
    end(): void {
      if (write && shown >= 0) write('\r\u001b[K')
    },
  }
}
