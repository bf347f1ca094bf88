import { describe, expect, it } from 'vitest'
import {
  abandonment,
  averageHandlingTime,
  averageSpeedOfAnswer,
  firstContactResolution,
  netPromoterScore,
  occupancy,
  responseRate,
  satisfaction,
  serviceLevel,
  utilisation,
} from '../../src/report/figures.ts'

// Each formula as the table "Figures" of domain.md has it, with numbers that can be checked in the head.
describe('figures, as domain.md defines them', () => {
  it('service level: answered within T ÷ (answered + abandoned − short abandons)', () => {
    expect(serviceLevel({ answeredWithin: 72, answered: 80, abandoned: 15, short: 5 })).toBe(72 / 90)
  })
  it('FCR: calls with no second call ÷ calls', () => {
    expect(firstContactResolution({ resolved: 3, contacts: 4 })).toBe(3 / 4)
    expect(firstContactResolution({ resolved: 0, contacts: 0 })).toBeNull()
  })
  it('abandonment: (abandoned − short) ÷ (offered to a queue − short)', () => {
    expect(abandonment({ abandoned: 15, short: 5, offeredToQueue: 105 })).toBe(10 / 100)
  })
  it('ASA: sum of wait of answered ÷ answered', () => {
    expect(averageSpeedOfAnswer({ waitOfAnsweredMs: 60_000, answered: 4 })).toBe(15_000)
  })
  it('AHT: (talk + hold + wrap-up) ÷ handled', () => {
    expect(averageHandlingTime({ talkMs: 300_000, holdMs: 40_000, wrapUpMs: 20_000, handled: 3 })).toBe(120_000)
  })

  const hour = {
    signedInMs: 3_600,
    pausedMs: 600,
    ringingMs: 60,
    diallingMs: 40,
    talkMs: 1_500,
    holdMs: 200,
    wrapUpMs: 300,
  }

  it('occupancy: (ringing + dialling + talk + hold + wrap-up) ÷ (signed-in − paused)', () => {
    expect(occupancy(hour)).toBe(2_100 / 3_000)
  })
  it('utilisation: (talk + hold + wrap-up) ÷ signed-in', () => {
    expect(utilisation(hour)).toBe(2_000 / 3_600)
  })
  it('CSAT: answers of 4 or 5 ÷ answers', () => {
    expect(satisfaction({ goodAnswers: 9, answers: 10 })).toBe(0.9)
  })
  it('the response rate beside it: answers ÷ surveys offered', () => {
    expect(responseRate({ surveysAnswered: 10, surveysOffered: 40 })).toBe(0.25)
  })
  it('NPS: share of 9–10 minus share of 0–6, below nothing where more are detractors', () => {
    expect(netPromoterScore({ promoters: 5, detractors: 2, npsAnswers: 10 })).toBe(0.3)
    expect(netPromoterScore({ promoters: 0, detractors: 4, npsAnswers: 5 })).toBe(-0.8)
    expect(netPromoterScore({ promoters: 0, detractors: 0, npsAnswers: 0 })).toBeNull()
  })
  it('nothing to divide by is no figure, not 0 %', () => {
    expect(serviceLevel({ answeredWithin: 0, answered: 0, abandoned: 3, short: 3 })).toBeNull()
    expect(satisfaction({ goodAnswers: 0, answers: 0 })).toBeNull()
    expect(occupancy({ ...hour, signedInMs: 600 })).toBeNull()
  })
})
