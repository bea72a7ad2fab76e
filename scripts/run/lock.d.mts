// The types of lock.mjs, which stays plain JavaScript because it runs before anything is installed.

export function withLock<T>(
  path: string,
  waiting: () => void,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T>
