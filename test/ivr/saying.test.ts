import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Kind, Language } from '../../src/ivr/flow.ts'
import { saying } from '../../src/ivr/saying.ts'

type Catalogue = { prompts: Record<string, Record<Language, string>> }
const { prompts } = JSON.parse(readFileSync('sounds/catalogue.json', 'utf8')) as Catalogue

/** What is heard: the texts of the prompts one after another. */
function heard(kind: Kind, value: string | number, language: Language): string | undefined {
  const keys = saying(kind, value, language)
  const texts = keys?.map(key => {
    expect(Object.keys(prompts), 'a prompt that nobody recorded').toContain(key)
    return prompts[key]![language]
  })
  return texts?.filter(text => text !== '').join(language === 'zh' ? '' : ' ')
}

const inBoth = (kind: Kind, rows: [string | number, string, string][]) =>
  test.each(rows)(`${kind} %s is spoken %s, and %s`, (value, zh, en) => {
    expect(heard(kind, value, 'zh')).toBe(zh)
    expect(heard(kind, value, 'en')).toBe(en)
  })

inBoth('number', [
  [0, '零', 'zero'],
  [2, '二', 'two'],
  [1_000, '一千', 'one thousand'],
  [1_005, '一千零五', 'one thousand five'],
  [1_015, '一千零一十五', 'one thousand fifteen'],
  [1_025, '一千零二十五', 'one thousand twenty five'],
  [2_200, '两千两百', 'two thousand two hundred'],
  [10_000, '一万', 'ten thousand'],
  [10_500, '一万零五百', 'ten thousand five hundred'],
  [12_345, '一万两千三百四十五', 'twelve thousand three hundred forty five'],
  [20_000, '两万', 'twenty thousand'],
  [20_002, '两万零二', 'twenty thousand two'],
  [100_015, '十万零一十五', 'one hundred thousand fifteen'],
  [120_000, '十二万', 'one hundred twenty thousand'],
  [1_000_000, '一百万', 'one million'],
  [20_003_000, '两千万三千', 'twenty million three thousand'],
  [100_000_001, '一亿零一', 'one hundred million one'],
  [200_005_000, '两亿零五千', 'two hundred million five thousand'],
  ['-15', '负十五', 'minus fifteen'],
])

inBoth('money', [
  ['0', '零元', 'zero yuan'],
  ['0.05', '五分', 'five fen'],
  ['0.5', '五角', 'fifty fen'],
  ['2', '两元', 'two yuan'],
  ['2.22', '两元两角两分', 'two yuan and twenty two fen'],
  ['12.5', '十二元五角', 'twelve yuan and fifty fen'],
  ['12.05', '十二元零五分', 'twelve yuan and five fen'],
  [102.5, '一百零二元五角', 'one hundred two yuan and fifty fen'],
  ['-3.10', '负三元一角', 'minus three yuan and ten fen'],
  [0.1 + 0.2, '三角', 'thirty fen'],
])

inBoth('date', [
  ['2026-11-26', '二零二六年十一月二十六日', 'November twenty sixth twenty twenty six'],
  ['2006-02-02', '二零零六年二月二日', 'February second two thousand six'],
  ['1999-12-31', '一九九九年十二月三十一日', 'December thirty first nineteen ninety nine'],
])

inBoth('time', [
  ['00:00', '凌晨零点整', 'twelve a m'],
  ['02:30', '凌晨两点三十分', 'two thirty a m'],
  ['09:05', '上午九点零五分', 'nine oh five a m'],
  ['12:00', '中午十二点整', 'twelve p m'],
  ['14:15', '下午两点十五分', 'two fifteen p m'],
  ['23:59', '晚上十一点五十九分', 'eleven fifty nine p m'],
])

inBoth('duration', [
  [0, '零秒', 'zero seconds'],
  [1, '一秒', 'one second'],
  [120, '两分钟', 'two minutes'],
  [3_661, '一小时一分钟一秒', 'one hour one minute one second'],
  [7_200, '两小时', 'two hours'],
])

inBoth('digits', [['0010-2', '零零幺零二', 'zero zero one zero two']])

describe('nothing is said of', () => {
  test.each<[Kind, string | number]>([
    ['number', 'many'],
    ['number', 1.5],
    ['number', 1_000_000_000],
    ['money', '1e3'],
    ['money', 'free'],
    ['date', '2026-02-29'],
    ['date', '26.11.2026'],
    ['time', '24:00'],
    ['time', '9:05'],
    ['duration', -1],
    ['digits', 'none'],
  ])('%s %s', (kind, value) => {
    for (const language of ['zh', 'en'] as const) expect(saying(kind, value, language)).toBeUndefined()
  })
})

test('every number up to a million, and many beyond, is made of what is recorded', () => {
  const needed = new Set<string | undefined>()
  for (let n = 0; n < 1_000_000_000; n = n < 3_000 ? n + 1 : Math.floor(n * 1.07) + 13)
    for (const kind of ['number', 'duration'] as const)
      for (const language of ['zh', 'en'] as const) for (const key of saying(kind, n, language)!) needed.add(key)
  expect([...needed].filter(key => !Object.hasOwn(prompts, key!))).toEqual([])
})
