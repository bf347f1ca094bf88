import { HotlineError } from '../errors.ts'

/** A recording that cannot become a prompt. The sentence lacks its subject: whoever named the file puts it in front. */
export class Unsound extends HotlineError {
  constructor(why: string, options?: ErrorOptions) {
    super('unsound', why, options)
  }
}
