import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Language, Prompt } from '../../src/ivr/flow.ts'
import { agentServes, digits, number, placeInLine, queueName } from '../../src/ivr/speech.ts'

type Catalogue = { prompts: Record<string, Record<Language, string>> }
const { prompts } = JSON.parse(readFileSync('sounds/catalogue.json', 'utf8')) as Catalogue

/** What is heard: the texts of the prompts one after another. */
function heard(keys: Prompt[], language: Language = 'zh'): string {
  const texts = keys.map(key => {
    expect(Object.keys(prompts), 'a prompt that nobody recorded').toContain(key)
    return prompts[key]![language]
  })
  return texts.join(language === 'zh' ? '' : ' ').trim()
}

test.each([
  [0, '零', 'zero'],
  [2, '二', 'two'],
  [10, '十', 'ten'],
  [12, '十二', 'twelve'],
  [20, '二十', 'twenty'],
  [35, '三十五', 'thirty five'],
  [100, '一百', 'one hundred'],
  [105, '一百零五', 'one hundred five'],
  [110, '一百一十', 'one hundred ten'],
  [112, '一百一十二', 'one hundred twelve'],
  [120, '一百二十', 'one hundred twenty'],
  [200, '两百', 'two hundred'],
  [202, '两百零二', 'two hundred two'],
  [999, '九百九十九', 'nine hundred ninety nine'],
])('%i is spoken %s, and %s', (n, zh, en) => {
  expect(heard(number(n))).toBe(zh)
  expect(heard(number(n), 'en')).toBe(en)
})

describe('the place in line', () => {
  test('of someone who is next', () => {
    expect(heard(placeInLine(0, undefined))).toBe('您是下一位，感谢您的耐心等待。')
  })

  test('behind one other is one recording, in which no number is put together', () => {
    expect(heard(placeInLine(1, undefined))).toBe('您前面还有一位客户在等待。')
    expect(heard(placeInLine(1, undefined), 'en')).toBe('There is one caller ahead of you. Thank you for waiting.')
  })

  test('counts two of them as 两', () => {
    expect(heard(placeInLine(2, undefined))).toBe('您前面还有两位客户在等待。')
    expect(heard(placeInLine(12, undefined))).toBe('您前面还有十二位客户在等待。')
  })

  test('tells whole minutes, never fewer than it takes', () => {
    expect(heard(placeInLine(1, 61_000))).toContain('您的等待时间预计不超过两分钟。')
    expect(heard(placeInLine(1, 180_000))).toContain('您的等待时间预计不超过三分钟。')
    expect(heard(placeInLine(1, 59_999))).toContain('您的等待时间预计不到一分钟。')
    expect(heard(placeInLine(1, 0))).toContain('您的等待时间预计不到一分钟。')
  })

  test('says one minute in English, and two minutes', () => {
    expect(heard(placeInLine(1, 60_000), 'en')).toMatch(/within one minute\.$/)
    expect(heard(placeInLine(1, 60_001), 'en')).toMatch(/within two minutes\.$/)
  })

  test('can be told however long the line and the wait', () => {
    for (const n of [1, 99, 100, 101, 119, 999, 1_000, 5_000_000]) heard(placeInLine(n, n * 60_000))
  })
})

describe('an agent', () => {
  test('is named digit by digit', () => {
    expect(heard(agentServes('8001', 'zh'))).toBe('八零零幺号客服代表为您服务。')
    expect(heard(agentServes('8001', 'en'), 'en')).toBe('Agent eight zero zero one is at your service.')
  })

  test('whose id has other signs is named by its digits', () => {
    expect(digits('8-0a1')).toEqual(['digit/8', 'digit/0', 'digit/1'])
  })

  test('hears the name of the line, or that there is a call', () => {
    expect(heard(queueName('sales', ['sales']))).toContain('销售')
    expect(queueName('vip', ['sales'])).toEqual(['queue/call'])
  })
})
