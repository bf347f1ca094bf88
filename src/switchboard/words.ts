/** Something in writing for one agent. Times in ms since 1970. */
export type Word = {
  readonly id: number
  readonly agent: string
  readonly text: string
  /** As in the audit log: `person:li`. */
  readonly by: string
  readonly sentAt: number
  readonly seenAt: number | null
}

/** What supervisors tell agents in writing. All reject where the database is away. */
export interface Words {
  /** One for each of them. Their phones show it, where they can. */
  send(agents: readonly string[], text: string, by: string): Promise<Word[]>
  /** Those that they have not said to have seen, the oldest first. */
  unseen(agent: string): Promise<Word[]>
  /** Said twice, the first time counts. Undefined: this agent was told no such thing. */
  seen(agent: string, id: number): Promise<Word | undefined>
}
