import type { NetworkInterfaceInfo } from 'node:os'
import type { Config } from '../config.ts'
import { HOTLINE_NUMBER } from '../database/sample.ts'

export type Account = { id: string; sip_password: string }

export type Welcome = {
  config: Config
  httpPort: number
  accounts: Account[]
  /** This machine, as others call it. */
  here: string
  showsPasswords: boolean
  /** Of a first start: who may sign in to the API, and with what, where that may be shown. */
  first: { id: string; password: string | undefined } | undefined
}

/** What a person is told once callers are answered. */
export function welcome({ config, httpPort, accounts, here, showsPasswords, first }: Welcome): string {
  const { asterisk, ports, folder, apiKey } = config
  // At which port an Asterisk of one's own speaks SIP is its own affair.
  const sip = asterisk ? asterisk.host : `${here}:${ports.sip}`
  const key = apiKey === undefined ? `the key is in ${folder}/secrets.json` : 'the key is HOTLINE_API_KEY'
  return `
The hotline is answered. Dial ${HOTLINE_NUMBER} at ${asterisk ? `${sip} (UDP)` : callersWay(config, here)}.

To be an agent, register a softphone at ${sip} as
${accounts.map(account => accountLine(account, showsPasswords)).join('\n')}
${showsPasswords ? '' : PASSWORDS}and dial *1 to sign in, *2 to sign out, *3 ready, *41 rest, *42 meal, *43 training, *44 meeting, *5 to hear your state.
${first ? firstLine(first) : ''}
HTTP: http://${here}:${httpPort}/api (${key}). Figures: npx hotline report agents. Ctrl-C ends it all.
`
}

/** A caller is known by the address alone; whoever has an account is an agent. */
function callersWay({ bind, ports, trunk }: Config, here: string): string {
  // Whoever phones another address of this machine comes from that one, and is no caller then.
  const host = bind === '0.0.0.0' && trunk === LOOPBACK ? LOOPBACK : here
  return `${host}:${ports.sip} (UDP) with a phone without an account, from ${trunk.replaceAll(',', ' or ')}`
}

const firstLine = ({ id, password }: NonNullable<Welcome['first']>): string =>
  password === undefined
    ? `\nThe first to sign in to the API is ${id}: npx hotline person password ${id} makes a password.\n`
    : `\nThe first to sign in to the API is ${id}, with the password ${password}. It is shown this once.\n`

const LOOPBACK = '127.0.0.1'

const PASSWORDS = `with the password that each was given. A new one: npx hotline agent password ID
`

const accountLine = ({ id, sip_password }: Account, showsPasswords: boolean): string =>
  showsPasswords ? `  user ${id}  password ${sip_password}` : `  user ${id}`

type Interfaces = NodeJS.Dict<Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[]>

/** Who listens everywhere is reached at the first address that others can see, where this machine has one. */
export function reachedAt(bind: string, interfaces: Interfaces): string {
  if (bind !== '0.0.0.0') return bind
  const all = Object.values(interfaces).flatMap(addresses => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
