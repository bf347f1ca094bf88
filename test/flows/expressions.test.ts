import { describe, expect, test } from 'vitest'
import { evaluate, expressionFault } from '../../src/flows/expressions.ts'

describe('an expression', () => {
  test.each([
    ['balance > 5', { balance: 7 }, true],
    ['balance + 1', { balance: 2 }, 3],
    ['balance * 2.0', { balance: 1.5 }, 3],
    ['account.startsWith("13")', { account: '138' }, true],
    ['size(account) == 3 && !vip', { account: '138', vip: false }, true],
    ['language == "zh" ? "您好" : "Hello"', { language: 'zh' }, '您好'],
    ['balance - 1', { balance: 12.5 }, 11.5],
    ['balance * 2.0', { balance: 12 }, 24],
    ['answer.bills[0].count + 1', { answer: { bills: [{ count: 2 }] } }, 3],
    ['answer.sum > 10', { answer: { sum: 12.5 } }, true],
    ['answer.names.exists(name, name == "x")', { answer: { names: ['x'] } }, true],
    ['int(account) >= 100', { account: '138' }, true],
  ])('%s, given %j, is %j', (expression, words, value) => {
    expect(evaluate(expression, words)).toEqual({ value })
  })

  test.each([
    ['of a word that nobody has set', 'missing == 1', 'Unknown variable: missing'],
    ['that compares what cannot be compared', '"a" > 1', 'no such overload: string > int'],
    ['that is a list', '[1, 2]', 'is neither a text, nor a number, nor true or false'],
    [
      'that is a text too long to be told',
      `"${'a'.repeat(300)}" + "${'a'.repeat(300)}"`,
      'is a text longer than 500 characters',
    ],
    ['that is a number too large', '9007199254740993 + 0', 'is a number too large to be exact'],
    ['that asks for what every object has', 'constructor', 'Unknown variable: constructor'],
    ['that is none', '1 +', 'Unexpected token: EOF'],
  ])('%s has a fault, and throws nothing', (_, expression, fault) => {
    expect(evaluate(expression, {})).toEqual({ fault })
  })

  test('can be checked before anybody calls', () => {
    expect(expressionFault('size(account) == 3')).toBeUndefined()
    expect(expressionFault('account.matches("^1")')).toContain('matches')
    expect(expressionFault('account == ".matches("')).toBeUndefined()
    expect(expressionFault('[1].all(a, [2].exists(b, a == b))')).toBe('may go through one list at most')
    expect(expressionFault('1 +')).toBe('Unexpected token: EOF')
    expect(expressionFault(`${'1 + '.repeat(300)}1`)).toBe('is longer than 1000 characters')
  })

  test.each(['a\u0000', 'a\ud800'])('has no value that Postgres would refuse: %j', text => {
    expect(evaluate('answer', { answer: text })).toEqual({ fault: 'is a text with letters that are none' })
  })
})
