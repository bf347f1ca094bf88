/** What the ledger asks of callbacks: parts of the SQL of call-faults.ts. */

const time = (field: string): string => `timestamptz 'epoch' + (body->>'${field}')::float8 * interval '1 ms'`

/**
 * Where a callback stands in its line by its facts, `call` being its id and `is` whether it is one. Its place is that of the
 * fact which put it there; promised once more it keeps the earlier one, but for one that is not in line, which takes the new.
 */
export const placeTold = (call: string, is: string): string => `(
  select (array_agg(place order by turn desc) filter (where place is not null))[1] as queued_at, max(due_at) as due_at
  from (
    select turn, max(at) filter (where kind = 'CallbackDue') as due_at,
      case when bool_or(kind = 'CallbackDue') then min(place)
        else (array_agg(place order by seq desc) filter (where place is not null))[1]
      end as place
    from (
      select seq, at, kind, coalesce(${time('place')}, ${time('placeAt')}) as place,
        count(*) filter (where kind <> 'CallbackRenewed') over (order by seq) as turn
      from facts
      where call_id = ${call} and ${is}
        and kind in ('CallbackOpened', 'CallbackDue', 'CallbackPostponed', 'CallbackRenewed', 'TryEnded')
    ) told
    group by turn
  ) turns
)`

/** Of a call `t` as its facts tell it, with `promises`: the callbacks that they name; and `promised_in`, of a callback. */
export const OF_PROMISES: [when: string, sentence: string][] = [
  [
    `(select count(*) from calls where id = any(t.promises) and direction = 'callback') <> cardinality(t.promises)`,
    `'was promised a callback that is not listed'`,
  ],
  [
    `t.is_callback and not exists (
      select from facts where call_id = t.promised_in and kind = 'CallbackBooked' and body->>'id' = t.id
    )`,
    `format('is a callback that call %s has not promised', t.promised_in)`,
  ],
]
