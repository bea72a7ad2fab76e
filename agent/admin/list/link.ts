// The way to the next page as a header, for lists whose body has no room for it and for clients that follow links.

import type { Context } from 'hono'

/** The header of the answer; none on the last page. */
export function nextLink(c: Context, nextCursor: string | null): Record<string, string> {
  if (nextCursor === null) return {}
  const { pathname, searchParams } = new URL(c.req.url)
  searchParams.set('cursor', nextCursor)
  return { link: `<${pathname}?${searchParams}>; rel="next"` }
}
