// A report leaves the building by mail: it names accounts, and shows of a phone number no more than is wanted.

/** `+971*******56`: enough to tell two apart, not enough to call. @param phone E.164 */
export function shownPhone(phone: string, how: 'masked' | 'full'): string {
  if (how === 'full') return phone
  return phone.slice(0, 4) + '*'.repeat(Math.max(0, phone.length - 6)) + phone.slice(-2)
}
