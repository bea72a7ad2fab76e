// Nothing is waited for without a deadline.

/** The promise's outcome, or the error of `late` after `ms` milliseconds; what the promise does later is ignored. */
export async function within<T>(ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const out = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([promise, out])
  } finally {
    clearTimeout(timer)
  }
}
