// .env from .env.example: the same lines and comments, with the values of this machine.

export interface Machine {
  uid: number
  gid: number
  /** Root key of the simulator, where this is the demo. */
  demo: string | null
}

/** Sets what differs here; a name that the example does not have is a bug and throws. */
export function environment(example: string, { uid, gid, demo }: Machine): string {
  const values: Record<string, string> = {
    LINDA_UID: String(uid),
    LINDA_GID: String(gid),
    ...(demo !== null && {
      COMPOSE_PROFILES: 'demo',
      LINDA_FILE: './stack/demo/linda.yaml',
      PAGER_FILE: './stack/demo/pager.yaml',
      LINDA_WHATSAPP_URL: 'ws://127.0.0.1:7420/ws/chat',
      LINDA_WHATSAPP_ROOT_KEY: demo,
    }),
  }
  return Object.entries(values).reduce((text, [name, value]) => {
    // The line that counts, or else the first one that shows how it would be written.
    const line = [new RegExp(`^${name}=.*$`, 'm'), new RegExp(`^# ${name}=.*$`, 'm')].find((each) =>
      each.test(text),
    )
    if (!line) throw new Error(`.env.example has no ${name}`)
    return text.replace(line, `${name}=${value}`)
  }, example)
}
