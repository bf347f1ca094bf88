import type { Knex } from 'knex'

/** Agents' desks: who has put them where they are, why else they pause, who their customers are, and what came of talks. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(STATES)
  await knex.raw(CUSTOMERS)
  await knex.raw(DISPOSITIONS)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
drop table dispositions_given, dispositions, pops, customer_numbers, customers, pause_reasons;
alter table agent_states drop column by;
alter table agents drop column by`)
}

const STATES = `
alter table agents add column by text;
alter table agent_states add column by text;
create table pause_reasons (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  name_zh text not null,
  name_en text not null,
  key smallint unique check (key between 5 and 9)
);
comment on column agents.by is 'Who has put them into the state they are in, as the audit log names people; null: they themselves, or a call';
comment on column agent_states.by is 'As in agents';
comment on table pause_reasons is 'Why agents of this centre pause, besides rest, meal, training and meeting';
comment on column pause_reasons.id is 'As in agent_states.reason';
comment on column pause_reasons.name_zh is 'As a desk shows it in Chinese';
comment on column pause_reasons.name_en is 'And in English';
comment on column pause_reasons.key is 'By which a phone gives it, after *4; null: only a desk program does';`

const CUSTOMERS = `
create table customers (
  id text primary key,
  name text not null,
  note text not null default '',
  link text not null default ''
);
create table customer_numbers (
  number text not null check (number ~ '^[0-9*#]{1,40}$'),
  customer_id text not null references customers (id) on delete cascade,
  place smallint not null,
  primary key (customer_id, number)
);
create index customer_numbers_number on customer_numbers (number);
create table pops (
  queue text primary key,
  url text,
  system text,
  path text,
  check ((system is null) = (path is null))
);
comment on table customers is 'Who calls, as an agent is shown it: imported from what the centre has of its customers';
comment on column customers.id is 'As the centre knows them elsewhere';
comment on column customers.name is 'As an agent is shown it';
comment on column customers.note is 'What an agent is to know of them';
comment on column customers.link is 'Where the centre keeps more about them';
comment on table customer_numbers is 'By which they are known; one number may be of several';
comment on column customer_numbers.customer_id is 'Whose number it is';
comment on column customer_numbers.number is 'As it is dialled at home, like callers.number';
comment on column customer_numbers.place is 'Of the numbers of one customer: the first is the one to call';
comment on table pops is 'What is opened and asked when a call is offered to an agent';
comment on column pops.queue is 'For the calls of this queue; empty: of those without a row of their own';
comment on column pops.url is 'What the desk opens: an address with {number} and such in it';
comment on column pops.system is 'The customer system that is asked about the caller, of the table systems';
comment on column pops.path is 'Below its url';`

const DISPOSITIONS = `
create table dispositions (
  queue text not null default '',
  code text not null check (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  name_zh text not null,
  name_en text not null,
  primary key (queue, code)
);
create table dispositions_given (
  call_id text not null references calls (id),
  agent_id text not null,
  code text not null,
  note text not null default '',
  by text,
  at timestamptz not null,
  primary key (call_id, agent_id)
);
create index dispositions_given_agent on dispositions_given (agent_id, at);
comment on table dispositions is 'What may come of a talk';
comment on column dispositions.queue is 'For talks of this queue alone; empty: of any';
comment on column dispositions.code is 'As programs and reports name it';
comment on column dispositions.name_zh is 'As a desk shows it in Chinese';
comment on column dispositions.name_en is 'And in English';
comment on table dispositions_given is 'What came of an agent''s talk in a call: what was said of it last';
comment on column dispositions_given.call_id is 'In which they talked';
comment on column dispositions_given.agent_id is 'Whose talk it was';
comment on column dispositions_given.code is 'One of dispositions, as it was then';
comment on column dispositions_given.note is 'In their own words';
comment on column dispositions_given.at is 'When it was said last';
comment on column dispositions_given.by is 'Who has said so; null: the agent';`
