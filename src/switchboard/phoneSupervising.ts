import { heardIn, supervisorAt, supervisorOf } from '../call/supervision.ts'
import type { Mode } from '../call/supervisionFacts.ts'
import { HotlineError, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { ActsParts } from './acts.ts'
import { NotSupervisable, superviseCall } from './supervising.ts'

/**
 * Where a talk is: the line of its caller, null where they stood in none, and the team of its agent, where there is one now. No line: there
 * is no talk.
 */
export type TalkAt = { readonly queue?: string | null; readonly team?: string }

/** A deed of a person, who is known by their phone. `at`: ms since 1970. */
export type PhoneDeed = {
  readonly phone: string
  readonly what: string
  readonly whom: string | null
  readonly details: object
  /** `done`, or the id of the failure. */
  readonly outcome: string
  readonly at: number
}

/** The people whose phones they are, and programs that let others supervise. */
export type Supervisors = {
  /**
   * Whether a person, a program or whose phone it is (`person:li`, `key:crm`, `phone:8009`) may supervise a talk there: how the story is
   * to name them; undefined: they may not. Rejects where the database is away.
   */
  whoMay(name: string, there: TalkAt): Promise<string | undefined>
  /** Into the audit log. */
  note(deed: PhoneDeed): Promise<void>
}

export type PhoneSupervisingParts = ActsParts & { supervisors: Supervisors; log: Log }

class NotTheirs extends HotlineError {
  constructor(agent: string) {
    super('forbidden', `They may not supervise the talks of ${agent}.`)
  }
}

const MODE_BY_KEY: Partial<Record<string, Mode>> = { 4: 'listen', 5: 'coach', 6: 'barge' }
class PressedAnother extends HotlineError {
  constructor() {
    super('pressed-another', 'They have pressed another key meanwhile.')
  }
}

/** Takes over the talk that they supervise. */
const TAKES_OVER = '7'

/** Supervising from a bare phone: by a code, and then by keys. Each is in the audit log. What is answered are the prompts that tell why not. */
export class PhoneSupervising {
  readonly #parts: PhoneSupervisingParts
  /** By phone: how many keys it has pressed. The last counts: who asks the database meanwhile for an earlier one gives that up. */
  readonly #presses = new Map<string, number>()

  constructor(parts: PhoneSupervisingParts) {
    this.#parts = parts
  }

  /** They have dialled, on that channel, to listen to that agent. Once they are let in the channel is the talk's. */
  async dialled(dialled: { channel: string; phone: string; agent: string }): Promise<string[]> {
    const { agents } = this.#parts.board
    const { phone, agent } = dialled
    if (!agents.has(phone) || !agents.has(agent)) return ['unknown-agent']
    const call = this.#talkOf(agent)?.id ?? null
    const deed = { phone, what: 'dial *9', whom: call, details: { agent, mode: 'listen' } }
    return this.#tried(deed, () => this.#listen(dialled, call))
  }

  /** Whose phone it is that supervises that call on that channel. */
  phoneAt(id: string, channel: string): string | undefined {
    const call = this.#parts.board.call(id)
    const supervisor = call && supervisorOf(call, channel)
    return supervisor?.id === channel && supervisor.answeredAt !== null ? supervisor.phone : undefined
  }

  /** A key on that phone. */
  async pressed(id: string, phone: string, key: string): Promise<string[]> {
    const mode = MODE_BY_KEY[key]
    if (mode === undefined && key !== TAKES_OVER) return []
    const press = (this.#presses.get(phone) ?? 0) + 1
    this.#presses.set(phone, press)
    const deed = { phone, what: `press ${key}`, whom: id, details: mode === undefined ? {} : { mode } }
    return this.#tried(deed, async () => {
      // Whoever is silent again takes nothing by it, and is so at once.
      if (mode !== 'listen') await this.#insistStillMay(id, phone)
      if (this.#presses.get(phone) !== press) throw new PressedAnother()
      const asked =
        mode === undefined ? ({ do: 'take-over', phone } as const) : ({ do: 'set-mode', phone, mode } as const)
      await superviseCall(this.#parts, id, asked, `phone:${phone}`)
    })
  }

  /**
   * Who has it from the phone, or has put it there from a desk: they may have been disabled meanwhile, and the talk have passed to where
   * their rights do not reach.
   */
  async #insistStillMay(id: string, phone: string): Promise<void> {
    const call = this.#parts.board.call(id)
    const supervisor = call && supervisorAt(call, phone)
    if (!supervisor) throw new NotSupervisable('not-supervising', id)
    const agent = heardIn(call)?.agent
    const team = agent === undefined ? {} : { team: this.#parts.board.agents.get(agent)?.team ?? '' }
    const asker = supervisor.uses[0]?.by ?? supervisor.by
    const by = await this.#parts.supervisors.whoMay(asker, { queue: call.queue, ...team })
    if (by === undefined) throw new NotTheirs(agent ?? id)
    const now = this.#parts.board.call(id)
    if (!now || now.queue !== call.queue || heardIn(now)?.agent !== agent) throw new NotSupervisable('no-talk', id)
  }

  async #listen({ channel, phone, agent }: { channel: string; phone: string; agent: string }, call: string | null) {
    const { board, supervisors } = this.#parts
    const { team } = board.agents.get(agent)!
    const by = await supervisors.whoMay(
      `phone:${phone}`,
      call === null ? { team } : { queue: board.call(call)!.queue, team },
    )
    if (by === undefined) throw new NotTheirs(agent)
    // Meanwhile the talk may have passed to somebody else.
    if (call === null || this.#talkOf(agent)?.id !== call) throw new NotSupervisable('no-talk', call ?? 'none')
    await superviseCall(this.#parts, call, { do: 'supervise', phone, mode: 'listen', channel }, by)
  }

  #talkOf = (agent: string) => this.#parts.board.calls.find(call => heardIn(call)?.agent === agent)

  async #tried(deed: Omit<PhoneDeed, 'outcome' | 'at'>, act: () => Promise<void>): Promise<string[]> {
    const failure = await act().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const id = failure instanceof HotlineError ? failure.id : 'internal'
    await this.#note({ ...deed, outcome: failure === undefined ? 'done' : id })
    if (failure === undefined || failure instanceof PressedAnother) return []
    if (id === 'internal') this.#tell(failure, 'whether somebody may supervise cannot be told')
    return [SAID[id] ?? 'talk/not-possible']
  }

  async #note(deed: Omit<PhoneDeed, 'at'>): Promise<void> {
    const { supervisors, clock } = this.#parts
    await supervisors
      .note({ ...deed, at: clock.now() })
      .catch(thrown => this.#tell(thrown, 'an act is not in the audit log'))
  }

  #tell = (thrown: unknown, what: string): void => this.#parts.log.warn({ error: sentenceOf(thrown) }, what)
}

const SAID: Partial<Record<string, string>> = {
  forbidden: 'supervise/not-allowed',
  'no-talk': 'supervise/no-talk',
  'agent-unavailable': 'dial/in-call',
  internal: 'service-unavailable',
}
