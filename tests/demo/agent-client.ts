// The demo talks to the agent as any operator's script would: over the admin API and /metrics.

export interface Listed {
  phoneNumber: string
  account: string
  status: string
  up: boolean
  lastActivity: string | null
  qrMetrics: { qrsGenerated: number }
  nextAlert: string | null
}

export interface ShownCode {
  code: string
  attempt: number
  index: number
  lifeLeftMs: number
}

export class AgentClient {
  readonly adminUrl: string
  readonly metricsUrl: string
  #token: string

  constructor(adminUrl: string, metricsUrl: string, token: string) {
    this.adminUrl = adminUrl
    this.metricsUrl = metricsUrl
    this.#token = token
  }

  async connections(): Promise<Listed[]> {
    const response = await this.#ask('/api/dashboard/connections')
    if (!response.ok) throw new Error(`the agent answered ${response.status}`)
    return ((await response.json()) as { connections: Listed[] }).connections
  }

  /** The current code; null when there is none to show. */
  async code(account: string): Promise<ShownCode | null> {
    const response = await this.#ask(`/api/dashboard/connections/${account}/qr`)
    return response.ok ? ((await response.json()) as ShownCode) : null
  }

  /** Accepted is stored: answers the id, or throws when the agent could not say so. The same key again is the same message. */
  async accept(
    body: { account?: string; pool?: string; to: string; text: string },
    key: string,
  ): Promise<string> {
    const response = await this.#ask('/api/messages', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    })
    if (!response.ok) throw new Error(`the agent answered ${response.status}: ${await response.text()}`)
    return ((await response.json()) as { id: string }).id
  }

  /** Where the message is, at the latest after ten seconds. */
  async message(
    id: string,
  ): Promise<{ state: string; attempts: number; open: boolean; possibleDuplicate: boolean }> {
    const response = await this.#ask(`/api/messages/${id}?wait=10s`)
    if (!response.ok) throw new Error(`the agent answered ${response.status}`)
    return (await response.json()) as Awaited<ReturnType<AgentClient['message']>>
  }

  /** Sum of all series of a metric, or of those whose labels contain the text. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`${this.metricsUrl}/metrics`)).text()
    let sum = 0
    for (const line of text.split('\n')) {
      if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue
      if (labels !== '' && !line.includes(labels)) continue
      sum += Number(line.replace(/^[^}]*}\s*|^\S+\s+/, '').split(' ')[0])
    }
    return sum
  }

  #ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    return fetch(this.adminUrl + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(45_000),
    })
  }
}
