import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, readConfig, SETTING_NAMES } from '../src/config.ts'
import { readFlow } from '../src/flows/document.ts'
import { faultsOf } from '../src/ivr/check.ts'
import { SURVEY } from '../src/ivr/flow.ts'
import { known } from './ivr/fuzz/centre.ts'
import { blocksOf, CHINESE, chinese, commented, ENGLISH, english, home, settingsIn, textOf } from './readme.ts'

// What the documents say of the code is held against the code.

const settings = settingsIn(english)

describe('the README', () => {
  test('and the pages that go on from there type the same in both languages', () => {
    for (const language of ['sh', 'ini', 'text', 'json'])
      expect(blocksOf(chinese, language)).toEqual(blocksOf(english, language))
    const codes = (readme: string) => readme.match(/^\| `\*\d.*?\|/gm)
    expect(codes(chinese)).toEqual(codes(english))
    const files = (pages: string[]) =>
      pages.flatMap(page =>
        [...textOf(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, file]) => join(home, page, '..', file!)),
      )
    const inEnglish = (file: string) => file.replace('.zh-CN.md', '.md')
    expect(files(CHINESE).map(inEnglish)).toEqual(files(ENGLISH).map(inEnglish))
    for (const file of [...files(ENGLISH), ...files(CHINESE)]) expect(existsSync(file), file).toBe(true)
  })

  test.each([
    ['English', english],
    ['Chinese', chinese],
  ])('names every setting, with its default (%s)', (_, readme) => {
    expect(
      settingsIn(readme)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...SETTING_NAMES].sort())
    const asterisk = { ASTERISK_HOST: '127.0.0.1', ASTERISK_ARI_SECRET: 'ari', ASTERISK_AMI_SECRET: 'ami' }
    for (const { name, given } of settingsIn(readme)) {
      const value = /^`([^`]+)`$/.exec(given)?.[1]
      if (value === undefined) continue
      // To set a variable to its default changes nothing.
      const environment = name.startsWith('ASTERISK_') ? asterisk : {}
      const config: Config = readConfig({ ...environment, [name]: value }, '/hotline')
      expect(config, name).toEqual(readConfig(environment, '/hotline'))
    }
    expect(settingsIn(readme).map(({ given }) => /^`[^`]+`$/.test(given))).toEqual(
      settings.map(({ given }) => /^`[^`]+`$/.test(given)),
    )
  })

  test('has a comment for the survey that a centre starts with, which can be published', () => {
    const { faults } = readFlow(JSON.stringify(commented(SURVEY, english)))
    expect(faults).toBeUndefined()
    expect(faultsOf(commented(SURVEY, english), known)).toEqual([])
  })

  test('names the ports as they are', () => {
    const { ports } = readConfig({}, '/')
    for (const port of [ports.sip, ports.tls, ports.http, ports.ari, ports.ami, ports.postgres])
      expect(english).toMatch(`${port}`)
    expect(english).toContain(`${ports.rtp[0]}–${ports.rtp[1]}`)
  })

  test('writes systemd units that name what exists', () => {
    const [asterisk, hotline] = blocksOf(english, 'ini')
    const given = (unit: string): Record<string, string> =>
      Object.fromEntries(
        [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(line => line[1]!.split(' ')).map(pair => pair.split('=')),
      )
    expect(existsSync(join(home, 'docker/asterisk/start.sh'))).toBe(true)
    for (const name of Object.keys(given(asterisk!)))
      expect(textOf('docker/asterisk/start.sh')).toContain(`${name}=\${`)
    const secrets = { DATABASE_URL: 'postgres://h:h@h/h', ASTERISK_ARI_SECRET: 'ari', ASTERISK_AMI_SECRET: 'ami' }
    const environment = { ...given(hotline!), ...secrets, HOTLINE_API_KEY: 'sixteen-characters' }
    expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(environment)))
    expect(readConfig(environment, '/').embedded).toBe(false)
    // systemd makes this folder for the user; nobody else does.
    for (const unit of [asterisk!, hotline!]) {
      const [, made] = /^StateDirectory=(.*)$/m.exec(unit) ?? []
      for (const path of Object.values(given(unit)).filter(value => value.startsWith('/var/')))
        expect(path).toContain(`/var/lib/${made}/`)
    }
    expect(given(asterisk!).RECORDINGS).toBe(given(hotline!).HOTLINE_RECORDINGS)
    expect(`${given(asterisk!).FOLDER}/log/queue_log`).toBe(given(hotline!).HOTLINE_QUEUE_LOG)
  })
})

describe('ARCHITECTURE.md', () => {
  const text = textOf('ARCHITECTURE.md')

  test('names every room, and only files that are there', () => {
    const rooms = readdirSync(join(home, 'src'), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => `\`${entry.name}/\``)
    for (const room of rooms) expect(text).toContain(room)
    const paths = [...text.matchAll(/\b((?:\w+\/)+\w+\.(?:ts|conf|json))\b/g)].map(([, path]) => path!)
    expect(paths.length).toBeGreaterThan(20)
    for (const path of paths) {
      expect(existsSync(join(home, path)) || existsSync(join(home, 'src', path)), path).toBe(true)
    }
  })

  test('names constraints that the tables have', () => {
    const made = readdirSync(join(home, 'migrations'))
      .map(name => textOf(`migrations/${name}`))
      .join()
    for (const [, name] of text.matchAll(/`(one_\w+)`/g)) expect(made).toContain(`constraint ${name} `)
  })
})
