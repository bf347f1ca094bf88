import { EVERYWHERE, type Reach } from './reach.ts'

/**
 * What somebody may do. A right is asked for by an endpoint (`may` of its route) or by an act; roles bring rights along, and an API key
 * has those that it was given.
 *
 * `own:*` is about the agent whom one is: their state, the talk that they have, their messages. The others reach as far as one's teams
 * and queues (`Who`).
 */
export const RIGHTS = [
  /** One's own state, talk, callbacks and messages. */
  'own:desk',
  /** Who waits, who does what now. */
  'board:read',
  /** Records and stories of calls, messages, callbacks, answers. */
  'calls:read',
  'recordings:play',
  'reports:read',
  /** The talks of others, as those agents could do themselves: for a program that stands between them and us. */
  'calls:control',
  /** Listen, coach, barge, take over, force-clear; move whoever waits; send to the survey. */
  'calls:supervise',
  /** Make others ready, pause them, sign them out; send them word. */
  'agents:direct',
  /** Everything that happens, as it happens: the stream and webhooks. */
  'events:read',
  'webhooks:set',
  'people:set',
  'audit:read',
  'metrics:read',
  /** Sees telephone numbers whole. */
  'numbers:whole',
] as const
export type Right = (typeof RIGHTS)[number]

/** Of a person, by which they sign in, and of a key. */
export const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/
export const NAME_ALLOWED = '1 to 40 small letters, digits, dots, - or _, and begin with a letter or a digit'

export const ROLES = ['agent', 'supervisor', 'manager', 'administrator'] as const
export type Role = (typeof ROLES)[number]

export const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  agent: ['own:desk', 'events:read'],
  supervisor: [
    ...(['own:desk', 'board:read', 'calls:read', 'recordings:play', 'reports:read'] as const),
    ...(['calls:supervise', 'agents:direct', 'events:read'] as const),
  ],
  manager: ['board:read', 'calls:read', 'recordings:play', 'reports:read', 'events:read', 'numbers:whole'],
  administrator: [
    'board:read',
    'reports:read',
    'events:read',
    'webhooks:set',
    'people:set',
    'audit:read',
    'metrics:read',
  ],
}

/** Who asks, and how far their rights reach. */
export type Who = Reach & {
  /** As the audit log has it: `key:crm`, `person:li`, `phone:8001`. */
  readonly name: string
  readonly rights: ReadonlySet<Right>
  /** The agent who they are. */
  readonly agent: string | null
}

/** Of somebody with several roles: what any of them may. */
export const rightsOf = (roles: readonly Role[]): ReadonlySet<Right> => new Set(roles.flatMap(role => RIGHTS_OF[role]))

/** Any of these. */
export const may = ({ rights }: Who, ...any: readonly Right[]): boolean => any.some(right => rights.has(right))

/** For oneself, or with that right for others. */
export const mayFor = (who: Who, agent: string, right: Right): boolean =>
  (who.agent === agent && may(who, 'own:desk')) || may(who, right)

/** The centre's own key: whoever has it may do all. */
export const KEY_HOLDER: Who = {
  name: 'key:centre',
  rights: new Set(RIGHTS.filter(right => right !== 'own:desk')),
  agent: null,
  ...EVERYWHERE,
}
