import { infoOf, type KeyForm } from './dtmf.ts'
import { PhoneMisused } from './failure.ts'
import type { Media } from './media.ts'
import type { Header } from './message.ts'
import { type Path, within } from './path.ts'
import type { Pressing } from './sender.ts'
import type { UserAgent } from './useragent.ts'

/** `as`: in these forms at once, also in one that was not agreed on, as some gateways do. */
export type Timing = Pick<Pressing, 'ms' | 'gapMs' | 'losesEnds'> & { as?: readonly KeyForm[] }

type Parts = { agent: UserAgent; path: Path; media: Media; keys: readonly KeyForm[] }

/** Presses keys one after the other; resolves when they have been sent. */
export async function pressed(parts: Parts, digits: string, { as = parts.keys, ...timing }: Timing): Promise<void> {
  const { sender } = parts.media
  const [event, tones] = [as.includes('event'), as.includes('tones')]
  if (event && sender.eventPayload === undefined)
    throw new PhoneMisused('the other side does not understand key presses')
  const inSound = event || tones ? [...digits].map(digit => sender.press(digit, { ...timing, event, tones })) : []
  const forms = as.filter(form => form === 'relay' || form === 'info')
  await Promise.all([...inSound, ...forms.map(form => informed(parts, form, digits, timing))])
}

/** A key is told of as soon as it is pressed. */
async function informed(
  { agent, path }: Parts,
  form: 'relay' | 'info',
  digits: string,
  { ms = 100, gapMs = 60 }: Timing,
): Promise<void> {
  for (const digit of digits) {
    const [type, body] = infoOf(form, digit, ms)
    const headers: Header[] = [['Content-Type', type]]
    const { request, to } = within(path, 'INFO', { headers, body })
    const passed = new Promise<void>(resolve => agent.clock.after(ms + gapMs, resolve))
    await agent.request(request, to, path.sequence)
    await passed
  }
}
