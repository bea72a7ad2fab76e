// Whether a login belongs to the configured phone: WhatsApp writes some countries' numbers in another form than people do.

/**
 * Countries whose mobile numbers exist with and without an extra digit; WhatsApp names an account by either, depending on when it was made.
 * Brazil: a 9 before eight-digit numbers. Mexico: a 1 after the country code. Argentina: a 9 after the country code.
 * Source: WhatsApp's own help pages on entering phone numbers in Argentina, Brazil and Mexico.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  [/^(55\d{2})9(\d{8})$/, '$1$2'],
  [/^521(\d{10})$/, '52$1'],
  [/^549(\d{10})$/, '54$1'],
]

/**
 * @param configured E.164, with or without its plus sign
 * @param digits of the login, country code first
 */
export function samePhone(configured: string, digits: string): boolean {
  return plain(configured.replace(/^\+/, '')) === plain(digits)
}

function plain(digits: string): string {
  return forms.reduce((text, [form, shorter]) => text.replace(form, shorter), digits)
}
