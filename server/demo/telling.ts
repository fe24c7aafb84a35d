import { randomBytes } from 'node:crypto';
import { contactPointId } from '../cards/writing.ts';
import { hearIdea, hearVote } from '../community/hearing.ts';
import * as posts from '../community/posts.ts';
import * as community from '../community/queries.ts';
import { nameKey } from '../community/rules.ts';
import { enterConversations } from '../conversations/queries.ts';
import * as decisions from '../decisions/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import { answer } from '../surveys/answering.ts';
import * as surveys from '../surveys/queries.ts';
import { writeToken } from '../surveys/rules.ts';
import { giveTask } from '../tasks/giving.ts';
import { loadTopics } from '../voices/index.ts';
import * as queries from './queries.ts';
import { ideas, recommended } from './sayings.ts';

// What customers said elsewhere than in conversations, and what the company made of it.

const surveyOfDemo = {
  ...{ kind: 'nps' as const, name: 'Recommandation 2026', anonymous: false, open_link: false, pause_days: 90 },
  ...{ intro_fr: 'Deux questions, une minute.', intro_en: 'Two questions, one minute.' },
  questions: [
    {
      ...{ id: 'a', kind: 'nps' as const, required: true, choices: [] },
      text: { fr: 'Nous recommanderiez-vous à un confrère ?', en: 'Would you recommend us to a colleague?' },
    },
    {
      ...{ id: 'b', kind: 'text' as const, required: false, choices: [] },
      text: { fr: 'Pourquoi ?', en: 'Why?' },
    },
  ],
};

/** A survey that was offered at the end of conversations, and answered by a dozen. Interrupted, fewer have answered. */
export async function tellSurvey(app: App, { workspaceId, memberIds }: queries.DemoState): Promise<void> {
  const actor = { workspaceId, memberId: memberIds[0]! };
  const tokens = await app.db.asSystem('keeper', async (tx) => {
    if ((await surveys.listSurveys(tx, actor)).length > 0) return [];
    const survey_id = newId();
    await surveys.addSurvey(tx, actor, {
      ...surveyOfDemo,
      ...{ survey_id, audience_id: workspaceId, owner_id: actor.memberId },
    });
    const made: string[] = [];
    for (const { conversation_id, contact_point_id } of await queries.listClosed(tx, workspaceId, recommended.length)) {
      const [invitation_id, secret] = [newId(), randomBytes(32)];
      const of = { invitation_id, survey_id, audience_id: workspaceId, conversation_id, contact_point_id };
      await surveys.addInvitation(tx, actor, { ...of, via: 'conversation', locale: 'fr', secret_hash: sha256(secret) });
      made.push(writeToken(workspaceId, invitation_id, secret));
    }
    return made;
  });
  for (const [no, token] of tokens.entries()) {
    const [score, why] = recommended[no]!;
    await answer(app, token, new URLSearchParams({ q_a: String(score), q_b: why }));
  }
}

/** A community in which customers say what they wish for. Once, in one transaction. */
export async function tellCommunity(app: App, { workspaceId, memberIds }: queries.DemoState): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    const communityId = newId();
    const added = await community.addCommunity(tx, {
      ...{ workspace_id: workspaceId, community_id: communityId, slug: 'orvessy', name: 'Les clients d’Orvessy' },
      ...{ intro_fr: 'Dites-nous ce qui vous manque.', intro_en: 'Tell us what you miss.' },
      ...{ invited_only: false, first_reviewed: false, moderators_id: workspaceId },
    });
    if (!added) return;
    const spaceId = newId();
    await community.keepSpace(tx, workspaceId, {
      ...{ space_id: spaceId, community_id: communityId, kind: 'ideas', closes_on: null, intro_fr: '', intro_en: '' },
      name_fr: translator('fr')('community.firstSpace'),
      name_en: translator('en')('community.firstSpace'),
    });
    const people = await joinAll(app, tx, workspaceId, communityId);
    await posts.lockIdeas(tx, workspaceId, communityId);
    for (const [no, idea] of ideas.entries()) {
      const place = { community_id: communityId, space_id: spaceId };
      const postId = await propose(tx, workspaceId, { ...place, person: people[no]! }, idea);
      for (const voter of people.slice(ideas.length, ideas.length + idea.votes)) {
        await posts.toggleVote(tx, workspaceId, postId, voter.person_id);
        const post = (await posts.findPost(tx, workspaceId, communityId, postId))!;
        await hearVote(tx, workspaceId, post, { ...voter, at: new Date() }, true);
      }
      if (no === 0) await answerIdea(tx, { workspaceId, memberId: memberIds[1]! }, place, postId, people[5]!);
    }
  });
}

async function joinAll(app: App, tx: Tx, workspaceId: string, communityId: string): Promise<community.PersonRow[]> {
  const people: community.PersonRow[] = [];
  const writers = await queries.listWriters(tx, workspaceId);
  for (let no = 0; no < 10; no++) {
    const known = writers[no * 7];
    const name = known?.name ?? `Camille ${no + 1}`;
    const address = known?.email ?? `camille.${no + 1}@courriel.example`;
    const point = contactPointId(app.secrets, workspaceId, { channel: 'email', address });
    await queries.addPoint(tx, workspaceId, point);
    await community.addPerson(tx, workspaceId, {
      ...{ community_id: communityId, person_id: newId(), contact_point_id: point, name, name_key: nameKey(name) },
      ...{ address: app.secrets.encrypt(address), locale: known?.english ? 'en' : 'fr', referrer_id: null },
      code: randomBytes(8).toString('hex'),
    });
    const person = await community.findByPoint(tx, workspaceId, communityId, point);
    if (person) people.push(person);
  }
  return people;
}

async function propose(
  tx: Tx,
  workspaceId: string,
  { person, ...place }: { community_id: string; space_id: string; person: community.PersonRow },
  { title, text }: { title: string; text: string },
): Promise<string> {
  const postId = newId();
  const row = { post_id: postId, ...place, parent_id: null, person_id: person.person_id, title, text };
  await posts.addPost(tx, workspaceId, { ...row, state: 'shown' });
  await hearIdea(tx, workspaceId, (await posts.findPost(tx, workspaceId, place.community_id, postId))!);
  return postId;
}

/** Somebody agrees in words, one of ours says what becomes of it. */
async function answerIdea(
  tx: Tx,
  actor: Actor,
  place: { community_id: string; space_id: string },
  postId: string,
  person: community.PersonRow,
): Promise<void> {
  const { workspaceId } = actor;
  const say = (person_id: string, text: string) =>
    posts.addPost(tx, workspaceId, {
      ...{ post_id: newId(), ...place, parent_id: postId, person_id, title: '', text, state: 'shown' },
    });
  await say(person.person_id, 'Oui ! Une simple heure d’arrivée nous aiderait déjà.');
  const staff = await community.staffPerson(tx, actor, place.community_id, nameKey);
  await say(staff, 'Merci à tous. Nous l’étudions avec notre transporteur.');
  await posts.setStatus(tx, workspaceId, postId, 'considered', 'À l’étude avec le transporteur.');
}

/** What is decided of the case that late deliveries have opened. @returns false where none is open yet */
export async function decideCase(app: App, { workspaceId, memberIds }: queries.DemoState): Promise<boolean> {
  const actor = { workspaceId, memberId: memberIds[0]! };
  return app.db.asActor(actor, async (tx) => {
    await enterConversations(tx);
    const topics = await loadTopics(tx, workspaceId);
    const nameOf = (topicId: string) => topics.find(({ id }) => id === topicId)?.name;
    const cases = await decisions.listCases(tx, actor, 'open', null, 20);
    const found = cases.find(({ topic_id }) => nameOf(topic_id)?.en === 'Delivery and delays');
    if (!found) return false;
    if (found.outcome) return true;
    const [words, ownerId] = [
      'Un second transporteur à l’essai pour le dépôt de Lyon, dès le mois prochain.',
      memberIds[1]!,
    ];
    const dueOn = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const title = translator('fr')('decisions.task.will_do', { topic: nameOf(found.topic_id)!.fr });
    const task = { task_id: newId(), title, note: words, owner_id: ownerId, due_on: dueOn };
    await giveTask({ app, tx, actor }, task);
    const decided = { outcome: 'will_do' as const, words, owner_id: ownerId, due_on: dueOn, task_id: task.task_id };
    if (!(await decisions.decide(tx, actor, found.case_id, found.version, decided))) return false;
    const detail = { outcome: decided.outcome, words, ownerId, dueOn };
    await decisions.addStep(tx, workspaceId, found.case_id, 'decided', actor.memberId, detail);
    return true;
  });
}
