import type { Knex } from 'knex'

const STRATEGIES = ['most-skilled', 'longest-idle', 'fewest-calls', 'round-robin', 'random', 'in-order']

/** A line may ring all who are ready at once: until one answers a call has many legs that are open, then one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table queues drop constraint queues_strategy_check, ${strategyIsOneOf([...STRATEGIES, 'ring-all'])};
alter table legs drop constraint one_open_leg_a_call,
  add constraint one_answered_leg_a_call exclude (call_id with =) where (ended_at is null and answered_at is not null)
    deferrable initially deferred;
comment on column queues.strategy is 'Which of the agents who are ready and able is rung; with ring-all, all of them at once';
comment on column calls.agent_id is 'The agent who has answered, else the one who was offered the call last'`)
}

/** Refuses while calls ring several phones. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
update queues set strategy = 'most-skilled' where strategy = 'ring-all';
alter table queues drop constraint queues_strategy_check, ${strategyIsOneOf(STRATEGIES)};
alter table legs drop constraint one_answered_leg_a_call,
  add constraint one_open_leg_a_call exclude (call_id with =) where (ended_at is null) deferrable initially deferred;
comment on column queues.strategy is 'Which of the agents who are ready and able is rung';
comment on column calls.agent_id is 'The agent of the last leg'`)
}

const strategyIsOneOf = (strategies: readonly string[]): string =>
  `add constraint queues_strategy_check check (strategy in (${strategies.map(name => `'${name}'`).join(', ')}))`
