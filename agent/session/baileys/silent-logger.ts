// The library's log speaks of keys, phone numbers and message contents: none of it is written anywhere.

const nothing = (): void => {}

export const silentLogger = {
  level: 'silent',
  child: () => silentLogger,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}
