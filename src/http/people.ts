import type { Response } from 'express'
import { addPerson, changePerson, loadPeople, loadPerson, renewPassword } from '../database/people.ts'
import { endSessions, sessionsOf } from '../database/sessions.ts'
import { may } from '../rights/rights.ts'
import { isAbout } from './acted.ts'
import type { ApiParts } from './api.ts'
import { NOTHING } from './asked.ts'
import { NEW_PERSON_ANSWER, PASSWORD_ANSWER, PEOPLE_ANSWER, PERSON_ANSWER, SESSIONS_ANSWER } from './peopleAnswers.ts'
import { CHANGED_PERSON, NEW_PERSON, PERSON_ID, SESSION_ID } from './peopleAsked.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'
import { Forbidden, insistOnAll, sessionOf, whoAsks } from './who.ts'

/** Who may sign in, and as what. Whoever sets that is bound to no part of the centre: else they could unbind themselves. */
export const people = (parts: ApiParts): Route[] => [...persons(parts), ...sessions(parts)]

function persons({ people, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/people',
      may: 'people:set',
      summary: 'Who may sign in, as what, and how far that reaches',
      params: NOTHING,
      query: NOTHING,
      answers: { 200: json('The people', PEOPLE_ANSWER) },
      async handle({ who, response }) {
        insistOnAll(who)
        response.json({ people: await loadPeople(people) })
      },
    }),
    route({
      path: '/api/people',
      method: 'post',
      may: 'people:set',
      isSecret: true,
      summary: 'Somebody new, and the password with which they sign in',
      params: NOTHING,
      query: NOTHING,
      body: NEW_PERSON,
      answers: { 201: json('They may sign in', NEW_PERSON_ANSWER) },
      async handle({ who, body, response }) {
        insistOnAll(who)
        isAbout(response, body.id)
        const person = { ...body, disabled: false }
        const password = await addPerson(people, person, now())
        response.status(201).json({ person, password })
      },
    }),
    route({
      path: '/api/people/{id}',
      method: 'patch',
      may: 'people:set',
      summary: 'Other roles, bounds, …: what is named is changed, from their next request on',
      params: PERSON_ID,
      query: NOTHING,
      body: CHANGED_PERSON,
      answers: { 200: json('As they are now', PERSON_ANSWER) },
      async handle({ who, params, body, response }) {
        insistOnAll(who)
        const named = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
        const person = { ...(await loadPerson(people, params.id)), ...named }
        await changePerson(people, person)
        response.json({ person })
      },
    }),
    route({
      path: '/api/people/{id}/password',
      method: 'post',
      may: 'people:set',
      isSecret: true,
      summary: 'A new password, in place of what locked the old one; their sessions end',
      params: PERSON_ID,
      query: NOTHING,
      answers: { 200: json('It opens from now on', PASSWORD_ANSWER) },
      async handle({ who, params, response }) {
        insistOnAll(who)
        response.json({ password: await renewPassword(people, params.id) })
      },
    }),
  ]
}

function sessions({ people, zone, now }: ApiParts): Route[] {
  return [
    route({
      path: '/api/people/{id}/sessions',
      may: 'known',
      summary: 'Where somebody is signed in: oneself, or with the right people:set anybody',
      params: PERSON_ID,
      query: NOTHING,
      answers: { 200: json('Their sessions, the latest first', SESSIONS_ANSWER) },
      async handle({ params, response }) {
        await insistOnOwn(params.id, response)
        response.json(stamped({ sessions: await sessionsOf(people, params.id, now()) }, zone))
      },
    }),
    route({
      path: '/api/people/{id}/sessions',
      method: 'delete',
      may: 'known',
      summary: 'Signs them out everywhere: oneself, or with the right people:set anybody',
      params: PERSON_ID,
      query: NOTHING,
      answers: { 204: { description: 'They are signed in nowhere' } },
      async handle({ params, response }) {
        await insistOnOwn(params.id, response)
        await endSessions(people, params.id)
        response.status(204).send()
      },
    }),
    route({
      path: '/api/people/{id}/sessions/{session}',
      method: 'delete',
      may: 'known',
      summary: 'Revokes one session: of oneself, or with the right people:set of anybody',
      params: SESSION_ID,
      query: NOTHING,
      answers: { 204: { description: 'It opens nothing any more' } },
      async handle({ params, response }) {
        await insistOnOwn(params.id, response)
        await endSessions(people, params.id, params.session)
        response.status(204).send()
      },
    }),
  ]

  /** Throws NotFound where there is nobody, for whoever may know who there is. */
  async function insistOnOwn(id: string, response: Response): Promise<void> {
    if (sessionOf(response)?.person.id === id) return
    const who = whoAsks(response)
    if (!may(who, 'people:set')) throw new Forbidden(['people:set'])
    insistOnAll(who)
    await loadPerson(people, id)
  }
}
