import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unreadable } from '../channel.ts';
import { checkSound, messagesOf } from '../testing.ts';
import { readZendesk } from './zendesk.ts';

const csv = (...rows: string[]) => Buffer.from(rows.join('\n'));
const users = csv(
  'id,email,name,role',
  '1,ana@nous.example,Ana,agent',
  '2,zoe@client.example,Zoé,end-user',
  '3,accueil@client.example,Léa,end-user',
  '4,Accueil@client.example,Max,end-user',
);
const tickets = csv(
  'id,created_at,description,requester_id,status,subject',
  '10,2026-03-01 10:00:00,Ça fuit 💧,2,closed,Fuite',
  '11,2026-03-02 10:00:00,Oubliez,2,deleted,Rien',
  '12,2026-03-03 10:00:00,Bonjour,3,open,',
  '13,2026-03-04 10:00:00,Bonjour,4,open,',
);
const comments = csv(
  'id,body,created,public,ticket_id,user_id',
  '100,"On arrive,\nmerci",2026-03-01 11:00:00,TRUE,10,1',
  '101,Client pénible,2026-03-01 11:05:00,FALSE,10,1',
  '102,Merci,2026-03-01 12:00:00,TRUE,10,2',
  '103,Perdu,2026-03-01 13:00:00,TRUE,99,1',
  '104,Supprimé,2026-03-02 13:00:00,TRUE,11,2',
);

test('what was said comes in order, without what was deleted and what stays among colleagues', async () => {
  const { incoming, ignored } = await readZendesk({ tickets, comments, users });
  expect(
    messagesOf(incoming).map(({ thread, direction, correspondent, text }) => [
      thread,
      direction,
      correspondent.point.address,
      text,
    ]),
  ).toEqual([
    ['10', 'in', 'zoe@client.example', 'Ça fuit 💧'],
    ['10', 'out', 'zoe@client.example', 'On arrive,\nmerci'],
    ['10', 'in', 'zoe@client.example', 'Merci'],
    ['12', 'in', 'zendesk:3', 'Bonjour'],
    ['13', 'in', 'zendesk:4', 'Bonjour'],
  ]);
  expect(ignored).toBe(4);
  expect(messagesOf(incoming)[0]).toMatchObject({ subject: 'Fuite', at: new Date('2026-03-01T10:00:00Z') });
});

test('whatever stands in the files, they are unreadable or sound', async () => {
  await expect(readZendesk({ tickets: users })).rejects.toThrow(Unreadable);
  await expect(readZendesk({ tickets: csv('') })).rejects.toThrow(Unreadable);
  const line = fc.array(fc.constantFrom('', '10', '\0', '\ud800', '"', '2026-03-01', 'FALSE', '9'.repeat(700)), {
    maxLength: 7,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), fc.array(line, { maxLength: 5 }), async (some, others) => {
      const spoilt = (table: Buffer, lines: string[][]) =>
        csv(...table.toString().split('\n').slice(0, 2), ...lines.map((cells) => cells.join(',')));
      try {
        checkSound(
          (await readZendesk({ tickets: spoilt(tickets, some), comments: spoilt(comments, others), users })).incoming,
        );
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: 200 },
  );
});
