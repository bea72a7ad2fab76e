// The frames of a stream of server-sent events, one after another; comments that only keep it alive are passed over.

/** Reads what this page's own server writes: one `data` line for each event. */
export async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const events = (rest + value).split('\n\n')
      rest = events.pop()
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data: '))
        if (data) yield JSON.parse(data.slice('data: '.length))
      }
    }
  } finally {
    // Whoever stops reading gives the stream back: there are only so many.
    reader.cancel().catch(() => {})
  }
}
