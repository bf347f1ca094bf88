import { describe, expect, test } from 'vitest'
import { evaluate, expressionFault, isReadable } from '../../src/flows/expressions.ts'

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

  test.each([
    ['size(account) == 3', undefined],
    ['1 +', 'Unexpected token: EOF'],
    ['[1].all(a, [2].exists(b, a == b))', 'may go through one list at most'],
    ['account == ".matches("', undefined],
    ['account.matches("^1")', 'matches() is not allowed: a collect node has a pattern'],
    ['account. // in between\n matches("^1")', 'matches() is not allowed: a collect node has a pattern'],
    ['cel.bind(a, account + account, a + a)', 'bind() is not allowed: a set node gives words'],
    ['answer.all(x, x in answer)', 'may not have the whole answer within all()'],
    ['(answer + answer).all(x, x > 1)', 'may not have + or split() in what all() goes through, nor within it'],
    ['answer.exists(x, "1" in account.split(""))', expect.stringContaining('or split()')],
  ])('can be checked before anybody calls: %s', (expression, fault) => {
    expect(expressionFault(expression)).toEqual(fault)
  })

  test('is no novel', () => {
    expect(expressionFault(`${'1 + '.repeat(300)}1`)).toBe('is longer than 1000 characters')
    expect(expressionFault(`${'1 + '.repeat(21)}1`)).toBe('may have 20 + at most')
  })

  test('that was published before a rule forbade it is not reckoned', () => {
    expect(evaluate('account.matches("(a+)+$")', { account: 'a' }).fault).toContain('matches() is not allowed')
  })

  test('of an answer that holds more than anybody would ask for has a fault, and no time is lost', () => {
    const many = Array(1_001).fill(1)
    expect(evaluate('answer.size()', { answer: many })).toEqual({ fault: 'an answer holds more than 1000 values' })
    const deep = JSON.parse('['.repeat(30_000) + ']'.repeat(30_000))
    expect(evaluate('answer.size()', { answer: deep })).toEqual({ fault: 'an answer is nested deeper than 20' })
  })

  test('tells no number otherwise than it was answered', () => {
    const answer = JSON.parse('{"order": 12345678901234567890, "balance": 12.5}')
    expect(evaluate('string(answer.order)', { answer }).fault).toBeDefined()
    expect(evaluate('answer.balance', { answer })).toEqual({ value: 12.5 })
  })

  test('reads words, but for those that mean something of their own', () => {
    expect(['account', 'constructor', 'toString', 'size'].map(isReadable)).toEqual(Array(4).fill(true))
    expect(['true', 'in', 'int', 'if', 'cel'].map(isReadable)).toEqual(Array(5).fill(false))
  })

  test.each(['a\u0000', 'a\ud800'])('has no value that Postgres would refuse: %j', text => {
    expect(evaluate('answer', { answer: text })).toEqual({ fault: 'is a text with letters that are none' })
  })
})
