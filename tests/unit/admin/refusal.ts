// How a refusal reads: every one of them is a problem document.

/** Status and code of a refusal; fails where the answer is no problem document. */
export async function problem(response: Response): Promise<[number, string, string]> {
  if (response.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`no problem: ${response.status} ${await response.text()}`)
  const { status, title, detail, type } = (await response.json()) as Record<string, string> & {
    status: number
  }
  if (status !== response.status || type !== 'about:blank')
    throw new Error('the problem contradicts its status')
  return [status, title ?? '', detail ?? '']
}

/** Status and code, in words. */
export async function refusal(response: Response): Promise<string> {
  const [status, code] = await problem(response)
  return `${status} ${code}`
}
