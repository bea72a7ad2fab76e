// .env from .env.example: the same lines and comments, with the values of this machine; and what one that is there already says.

import { parseEnv } from 'node:util'
import { type Owner, SecretsError } from './files.ts'

export interface Machine extends Owner {
  /** Root key of the simulator, where this is the demo. */
  demo: string | null
}

/** What makes an .env that of the demo, beside the simulator's key. */
const demoValues = {
  COMPOSE_PROFILES: 'demo',
  LINDA_FILE: './stack/demo/linda.yaml',
  PAGER_FILE: './stack/demo/pager.yaml',
  LINDA_WHATSAPP_URL: 'ws://simulator:7420/ws/chat',
} as const

/** Sets what differs here. Throws SecretsError where the example does not have a name. */
export function environment(example: string, { uid, gid, demo }: Machine): string {
  const values: Record<string, string> = {
    LINDA_UID: String(uid),
    LINDA_GID: String(gid),
    ...(demo !== null && { ...demoValues, LINDA_WHATSAPP_ROOT_KEY: demo }),
  }
  return Object.entries(values).reduce((text, [name, value]) => {
    // The line that counts, or else the first one that shows how it would be written.
    const line = [new RegExp(`^${name}=.*$`, 'm'), new RegExp(`^# ${name}=.*$`, 'm')].find((each) =>
      each.test(text),
    )
    if (!line) throw new SecretsError(`.env.example has no ${name}`)
    return text.replace(line, `${name}=${value}`)
  }, example)
}

/** The names of an .env that stand against what is asked for: the demo, or not the demo. */
export function against(text: string, demo: boolean): string[] {
  const env = parseEnv(text)
  const names = Object.entries(demoValues)
    .filter(([name, value]) => {
      // The one that is a list.
      const found = name === 'COMPOSE_PROFILES' ? env[name]?.split(',') : [env[name]]
      return (found?.includes(value) ?? false) !== demo
    })
    .map(([name]) => name)
  return demo && !env.LINDA_WHATSAPP_ROOT_KEY ? [...names, 'LINDA_WHATSAPP_ROOT_KEY'] : names
}

/** A usual machine's first user, as docker-compose.yml has it too. */
const FIRST = 1000

/**
 * Whom the containers run as, who therefore must own what they read: as an .env that is there says, else whoever runs this, or
 * on whose behalf root does. Never root. Throws SecretsError.
 * @param text of the .env, null where there is none
 */
export function ownerOf(text: string | null, me: Owner, sudo: NodeJS.ProcessEnv): Owner {
  if (text !== null) {
    const env = parseEnv(text)
    return { uid: idIn(env, 'LINDA_UID'), gid: idIn(env, 'LINDA_GID') }
  }
  if (me.uid !== 0) return me
  const [uid, gid] = [Number(sudo.SUDO_UID), Number(sudo.SUDO_GID)]
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: FIRST, gid: FIRST }
}

function idIn(env: NodeJS.Dict<string>, name: string): number {
  const found = env[name] || String(FIRST)
  if (!/^[1-9]\d{0,9}$/.test(found))
    throw new SecretsError(`.env: ${name}: found "${found}", allowed: a whole number above 0, no name`)
  return Number(found)
}
