import { BadInput } from '../errors.ts'
import type { Setting } from './queueSettings.ts'

/** Words such as ring=15 as columns of the table in which these settings stand. Throws BadInput, naming what is wrong. */
export function rowIn(words: string[], settings: Readonly<Record<string, Setting>>): Record<string, unknown> {
  const given = new Set<string>()
  return Object.fromEntries(
    words.map(word => {
      const [, name = '', value = ''] = /^([a-z-]+)=(.*)$/s.exec(word) ?? []
      if (given.has(name)) throw new BadInput(name, `${name} must be given once`)
      given.add(name)
      const setting: Setting | undefined = Object.hasOwn(settings, name) ? settings[name] : undefined
      if (!setting) {
        const names = Object.keys(settings).join(', ')
        throw new BadInput('setting', `a setting must be one of ${names}, then = and its value, not ${word}`)
      }
      const read = setting.read(value.trim())
      if (read === undefined) throw new BadInput(name, `${name} must be ${setting.allowed}, not ${value}`)
      return [setting.column, read]
    }),
  )
}
