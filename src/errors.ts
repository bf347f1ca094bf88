/** Every failure we raise on purpose carries an id that machines (HTTP, exit codes, alarms) can tell apart. */
export class HotlineError extends Error {
  readonly id: string

  constructor(id: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.id = id
  }
}

/** Something was asked that cannot be: the sentence names the field and what is allowed. `allowed`: where it is one of a few. */
export class BadInput extends HotlineError {
  readonly field: string
  readonly allowed: readonly string[] | undefined

  constructor(field: string, message: string, allowed?: readonly string[]) {
    super('bad-input', message)
    this.field = field
    this.allowed = allowed
  }
}

/** It cannot be as things are. */
export class Conflict extends HotlineError {}

/** What was asked for is not there. */
export class NotFound extends HotlineError {
  constructor(message: string) {
    super('not-found', message)
  }
}

/** The settings do not let us start: one sentence each, all at once. */
export class BadSettings extends HotlineError {
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super('bad-settings', sentences.join('\n'))
    this.sentences = sentences
  }
}

/** One line for a log or a terminal, whatever was thrown. */
export function sentenceOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(sentenceOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
