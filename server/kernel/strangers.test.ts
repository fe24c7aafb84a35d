import { createECDH, randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as adoption from '../adoption/contract.ts';
import * as apps from '../apps/contract.ts';
import { authorise, register } from '../apps/testing.ts';
import { addAttribute } from '../attributes/testing.ts';
import * as bi from '../bi/contract.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as cleaning from '../cleaning/contract.ts';
import { planQuestion } from '../collection/testing.ts';
import * as community from '../community/contract.ts';
import * as compliance from '../compliance/contract.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as conversations from '../conversations/contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as correspondents from '../correspondents/contract.ts';
import { calendarOf, event, letter as mail, openTestMailbox } from '../correspondents/testing.ts';
import * as systems from '../data-map/systems-contract.ts';
import * as dav from '../dav/contract.ts';
import { usualThreshold } from '../decisions/contract.ts';
import * as trackers from '../decisions/trackers-contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as distribution from '../distribution/contract.ts';
import * as events from '../events/contract.ts';
import { anEvent } from '../events/testing.ts';
import * as facts from '../facts/contract.ts';
import * as factDatabases from '../facts/databases-contract.ts';
import * as factSources from '../facts/sources-contract.ts';
import * as home from '../home/contract.ts';
import { aHunt } from '../hunting/testing.ts';
import * as identity from '../identity/contract.ts';
import * as introductions from '../introductions/contract.ts';
import * as leadDays from '../lead-days/contract.ts';
import * as leaving from '../leaving/contract.ts';
import * as maps from '../maps/contract.ts';
import * as matching from '../matching/contract.ts';
import { allModules } from '../modules.ts';
import * as notices from '../notices/contract.ts';
import * as opportunities from '../opportunities/contract.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { aPlan } from '../plan/testing.ts';
import * as relations from '../relations/contract.ts';
import * as paths from '../relations/paths-contract.ts';
import { aDrawing, inARow, planned } from '../scenarios/testing.ts';
import * as scim from '../scim/contract.ts';
import * as segments from '../segments/contract.ts';
import * as selfUpdate from '../self-update/contract.ts';
import * as sources from '../sources/contract.ts';
import { importFile, upload } from '../sources/testing.ts';
import * as sso from '../sso/contract.ts';
import { samlMetadata } from '../sso/testing.ts';
import * as surveys from '../surveys/contract.ts';
import { aSurvey } from '../surveys/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as voices from '../voices/contract.ts';
import { root } from './config.ts';
import type { Contract, Role, Scope } from './contract.ts';
import { apiPrefix } from './http.ts';
import { newId } from './ids.ts';
import { type Client, type Member, openTestApp, type TestApp } from './testing.ts';

// Every operation there is, tried by whoever has no business with it: signed out, from another workspace, beside somebody to whom nothing is
// lent, with a key or an app's token that is allowed something else. An operation that is in none of the tables below makes this fail.

const modules = allModules({} as Parameters<typeof allModules>[0]);
const contracts = modules.operations.map(({ contract }) => contract as Contract);

let app: TestApp;
let sink: MailSink;
/** An admin; the victim; a colleague to whom she lends one book; a marketer and an auditor; a stranger here; an admin elsewhere. */
let alice: Member;
let vera: Member;
let carl: Member;
let mallory: Member;
let maud: Member;
let otto: Member;
let eve: Member;
/** An app with all that apps may be allowed, and an empty book. */
let tool: Client;
/** Ids of what is the victim's own, or her company's. */
const of: Record<string, string> = {};
/** What stands on the victim's things only. */
const hers = /zephyr|xanth|quimper/i;

type Ids = typeof of;
const words = { name: 'Zephyr', purpose: 'Zephyr', memberIds: [] };
const lending = { grantee: { kind: 'workspace' }, acts: ['read'] };
const factKind = { key: 'k', name: 'k', purpose: 'p', basis: 'contract', keepMonths: 1, asksConsent: false };
const provider = { name: 'P', domains: ['p.example'], newcomers: false, role: 'member', teamIds: [], onlyWay: false };
const oidc = { ...provider, issuer: 'https://127.0.0.1:1', clientId: 'c', clientSecret: 's', trustsEmail: false };
const letter = { purpose: 'service' as const, subject: 'Zephyr', text: 'xanthe' };
const pairOf = (...cardIds: (string | undefined)[]) => cardIds.sort().join('.');
const decision = { outcome: 'done', words: 'Owned', dueOn: null };
const aWebhook = { name: 'Owned', url: 'https://tool.example/', events: [{ event: 'person.changed' }] };
const aLot = { name: 'First', startsOn: '2026-01-05' };
const aSystem = { name: 'The ERP', kind: 'erp' as const, ownerId: null };
const aList = { name: 'Owned', kind: 'list', audience: { kind: 'mine' } };
const aMeasure = { name: 'Owned', definition: { kind: 'score', rules: [] } };
const near = { reason: 'in_common', became: 'dismissed' };
const thought = {
  roles: [],
  importance: 1,
  influence: null,
  stance: null,
  closeness: null,
  callable: null,
  note: 'Owned',
  shared: true,
};
const belongs = { role: 'member', since: null, until: null };
const title = [{ kind: 'title', value: { value: 'Owned' } }];

/** What takes ids, and with which: of things that are not the caller's, they answer 404 and do nothing. */
const asked: Record<string, (id: Ids) => object> = {
  'apps.authorise': ({ bookId }) => ({ request: 'r', bookIds: [bookId], acts: ['read'] }),
  'apps.createKey': ({ bookId }) => ({ name: 'k', scopes: ['contacts:read'], bookIds: [bookId], acts: ['read'] }),
  'apps.deleteFact': ({ personId, factId }) => ({ personId, factId }),
  'apps.endApp': ({ appId }) => ({ appId }),
  'apps.endClient': ({ clientId }) => ({ clientId }),
  'apps.listFacts': ({ personId }) => ({ personId }),
  'apps.lookUp': () => ({ email: 'zephyrine@xanthe.example' }),
  'audit.listUsesOf': ({ veraId }) => ({ memberId: veraId }),
  'audit.listUsesOfPerson': ({ personId }) => ({ personId }),
  'attributes.listValues': ({ personId }) => ({ personId }),
  'attributes.setValue': ({ personId, attributeId }) => ({ personId, attributeId, value: 'Owned' }),
  'adoption.addLesson': ({ lotId }) => ({ lotId, text: 'Owned' }),
  'adoption.changeLot': ({ lotId, teamId }) => ({ ...aLot, lotId, teamIds: [teamId], version: 1 }),
  'adoption.removeLesson': ({ lessonId }) => ({ lessonId }),
  'adoption.removeLot': ({ lotId }) => ({ lotId }),
  'adoption.restoreLot': ({ lotId }) => ({ lotId }),
  'scenarios.answerQuestion': ({ bookId }) => ({ questionId: bookId, answer: 'go' }),
  'content.addContent': ({ contentId }) => ({ name: 'Owned', contentId }),
  'content.changeImage': ({ imageId }) => ({ imageId, name: 'Owned', alt: { fr: '', en: '' } }),
  'content.getContent': ({ contentId }) => ({ contentId }),
  'content.listVersions': ({ contentId }) => ({ contentId }),
  'content.removeContent': ({ contentId }) => ({ contentId }),
  'content.removeImage': ({ imageId }) => ({ imageId }),
  'content.removePart': ({ partId }) => ({ partId }),
  'content.restoreContent': ({ contentId }) => ({ contentId }),
  'content.restoreImage': ({ imageId }) => ({ imageId }),
  'content.restorePart': ({ partId }) => ({ partId }),
  'content.restoreVersion': ({ contentId }) => ({ contentId, version: 1, edition: 1 }),
  'content.saveContent': ({ contentId }) => ({ contentId, edition: 1, name: 'Owned' }),
  'content.savePart': ({ partId }) => ({ partId, edition: 1, name: 'Owned' }),
  'content.sendTrial': ({ contentId }) => ({ contentId, language: 'fr' }),
  'content.suggestWords': ({ partId }) => ({
    ...{ language: 'fr', field: 'text', blockId: 'b' },
    saying: aSaying('', [{ id: 'b', kind: 'reusable', partId: partId! }]),
  }),
  'content.tryContent': ({ personId }) => ({ language: 'fr', saying: aSaying(), personId }),
  'destinations.create': ({ veraId, segmentId }) => ({
    ...{ name: 'Owned', kind: 'http', settings: { url: 'https://tool.example/' }, segmentId, fields: ['name'] },
    ...{ granteeKind: 'member', granteeId: veraId },
  }),
  'destinations.change': ({ destinationId }) => ({ destinationId, name: 'Owned' }),
  'destinations.listRuns': ({ destinationId }) => ({ destinationId }),
  'destinations.preview': ({ destinationId }) => ({ destinationId }),
  'destinations.remove': ({ destinationId }) => ({ destinationId }),
  'destinations.sendNow': ({ destinationId }) => ({ destinationId }),
  'destinations.start': ({ destinationId }) => ({ destinationId, version: 1 }),
  'distribution.createEndpoint': ({ veraId }) => ({ ...aWebhook, granteeKind: 'member', granteeId: veraId }),
  'distribution.changeEndpoint': ({ endpointId }) => ({ endpointId, name: 'Owned' }),
  'distribution.listDeliveries': ({ endpointId }) => ({ endpointId }),
  'distribution.removeEndpoint': ({ endpointId }) => ({ endpointId }),
  'distribution.replay': ({ endpointId }) => ({ endpointId, failedSince: '2026-01-01T00:00:00Z' }),
  'distribution.rotateSecret': ({ endpointId }) => ({ endpointId }),
  'distribution.testEndpoint': ({ endpointId }) => ({ endpointId }),
  'distribution.unsubscribe': ({ endpointId }) => ({ endpointId }),
  'bi.createAccess': ({ veraId }) => ({ name: 'Owned', granteeKind: 'member', granteeId: veraId }),
  'bi.endAccess': ({ accessId }) => ({ accessId }),
  'bi.fillAccess': ({ accessId }) => ({ accessId }),
  'bi.renewPassword': ({ accessId }) => ({ accessId }),
  'bi.seeAccess': ({ accessId }) => ({ accessId }),
  'dataMap.changeSystem': ({ systemId }) => ({ ...aSystem, systemId, version: 1 }),
  'dataMap.removeSystem': ({ systemId }) => ({ systemId }),
  'dataMap.restoreSystem': ({ systemId }) => ({ systemId }),
  'cards.acceptOffer': ({ offerId }) => ({ offerId, replaces: null, always: true }),
  'cards.addNote': ({ personId }) => ({ personId, text: 'Owned' }),
  'cards.archiveCards': ({ personId }) => ({ cardIds: [personId] }),
  'cards.confirmFields': ({ personId }) => ({ cardId: personId, fieldNos: [0] }),
  'cards.createCard': ({ bookId }) => ({ bookId, fields: title }),
  'cards.createCards': ({ bookId }) => ({ bookId, cards: [{ fields: title }] }),
  'cards.deleteView': ({ viewId }) => ({ viewId }),
  'cards.endTrust': ({ sharedId, carlId }) => ({ bookId: sharedId, memberId: carlId }),
  'cards.getCard': ({ personId }) => ({ cardId: personId }),
  'cards.getPerson': ({ personId }) => ({ personId }),
  'cards.ignoreOffer': ({ offerId }) => ({ offerId }),
  'cards.keepCards': ({ personId }) => ({ cardIds: [personId] }),
  'cards.listEmployments': ({ personId }) => ({ personId }),
  'cards.listHistory': ({ personId }) => ({ personId }),
  'cards.listOffers': ({ personId }) => ({ personId }),
  'cards.listStaff': ({ personId }) => ({ personId }),
  'cards.previewGrant': ({ bookId }) => ({ bookId, ...lending }),
  'cards.removeCard': ({ personId }) => ({ cardId: personId }),
  'cards.removeNote': ({ noteId }) => ({ noteId }),
  'cards.reopenOffer': ({ acceptedId }) => ({ offerId: acceptedId }),
  'cards.restoreCard': ({ removedId }) => ({ cardId: removedId }),
  'cards.unarchiveCards': ({ archivedId }) => ({ cardIds: [archivedId] }),
  'cards.updateCard': ({ personId }) => ({ cardId: personId, withheld: true }),
  'cards.updatePerson': ({ personId }) => ({ personId, set: title }),
  'facts.detach': ({ personId, toldId }) => ({ personId, factId: toldId }),
  'facts.forgetPerson': ({ personId }) => ({ personId }),
  'facts.listPersonFacts': ({ personId }) => ({ personId }),
  'facts.readDatabase': ({ factDatabaseId }) => ({ sourceId: factDatabaseId }),
  'facts.renewSecret': ({ factSourceId }) => ({ sourceId: factSourceId }),
  'facts.summarisePerson': ({ personId }) => ({ personId }),
  'facts.updateDatabase': ({ factDatabaseId }) => ({ sourceId: factDatabaseId, name: 'Owned' }),
  'facts.updateKind': ({ factKindId }) => ({ kindId: factKindId, keepMonths: 1 }),
  'facts.updateSource': ({ factSourceId }) => ({ sourceId: factSourceId, name: 'Owned' }),
  'cleaning.cancelRun': ({ runId }) => ({ runId }),
  'cleaning.preview': ({ bookId }) => ({ rule: 'postal', bookId }),
  'cleaning.setException': ({ personId }) => ({ rule: 'postal', cardId: personId, fieldNo: 0, leave: true }),
  'cleaning.startRun': ({ bookId }) => ({ rule: 'postal', bookId }),
  'cleaning.undoRun': ({ runId }) => ({ runId }),
  'delegation.changeGrant': ({ grantId }) => ({ grantId, ...lending }),
  'delegation.createGrant': ({ bookId }) => ({ bookId, ...lending }),
  'delegation.deleteBook': ({ emptyId }) => ({ bookId: emptyId }),
  'delegation.endGrant': ({ grantId }) => ({ grantId }),
  'delegation.listGrantVersions': ({ grantId }) => ({ grantId }),
  'delegation.renameBook': ({ bookId }) => ({ bookId, name: 'Owned' }),
  'forms.linkContact': ({ personId, channelId, pointId }) => ({ personId, channelId, contactPointId: pointId }),
  'home.listUses': ({ happeningId }) => ({ happeningId }),
  'home.reply': ({ happeningId }) => ({ happeningId, text: 'Owned' }),
  'connectors.addConnection': ({ bookId }) => ({ kind: 'k', name: 'n', place: 'p', bookId }),
  'connectors.beginAuthorisation': ({ connectionId }) => ({ kind: 'google_contacts', connectionId }),
  'connectors.endConnection': ({ connectionId }) => ({ connectionId, cards: 'remove' }),
  'connectors.getConnection': ({ connectionId }) => ({ connectionId }),
  'connectors.pauseConnection': ({ connectionId }) => ({ connectionId }),
  'connectors.renewConnection': ({ connectionId }) => ({ connectionId, secret: { password: 'Owned' } }),
  'connectors.syncConnection': ({ connectionId }) => ({ connectionId }),
  'correspondents.acceptProposal': ({ proposalId }) => ({ proposalId }),
  'correspondents.declineProposal': ({ proposalId }) => ({ proposalId }),
  'correspondents.forgetCalendar': ({ calendarId }) => ({ calendarId }),
  'correspondents.listExchanges': ({ personId }) => ({ personId }),
  'correspondents.makeCard': ({ correspondentId }) => ({ correspondentId }),
  'correspondents.reopenProposal': ({ proposalId }) => ({ proposalId }),
  'correspondents.setAside': ({ correspondentId }) => ({ correspondentId, aside: true }),
  'conversations.addNote': ({ conversationId }) => ({ conversationId, text: 'Owned' }),
  'conversations.assign': ({ conversationId }) => ({ conversationId, version: 1, memberId: null }),
  'conversations.endChannel': ({ mailboxId }) => ({ channelId: mailboxId }),
  'conversations.erase': ({ conversationId }) => ({ conversationId }),
  'conversations.fillReply': ({ conversationId, savedId }) => ({ conversationId, replyId: savedId }),
  'conversations.follow': ({ conversationId }) => ({ conversationId, follows: true }),
  'conversations.getChannel': ({ mailboxId }) => ({ channelId: mailboxId }),
  'conversations.getConversation': ({ conversationId }) => ({ conversationId }),
  'conversations.listMessages': ({ conversationId }) => ({ conversationId }),
  'conversations.markSeen': ({ conversationId }) => ({ conversationId }),
  'conversations.removeReply': ({ savedId }) => ({ replyId: savedId }),
  'conversations.reply': ({ conversationId }) => ({ conversationId, text: 'Owned' }),
  'conversations.saveReply': ({ savedId }) => ({
    ...{ replyId: savedId, name: 'Owned', texts: { en: 'Owned' }, audience: { kind: 'mine' } },
  }),
  'conversations.setPresence': ({ conversationId }) => ({ conversationId, doing: 'writing' }),
  'conversations.setStatus': ({ conversationId }) => ({ conversationId, version: 1, status: 'closed' }),
  'conversations.settleDoubt': ({ conversationId, saidId }) => ({ conversationId, messageId: saidId, arrived: true }),
  'conversations.share': ({ conversationId }) => ({ conversationId, version: 1, with: { kind: 'workspace' } }),
  'conversations.logCalls': ({ channelId }) => ({
    channelId,
    calls: [{ externalId: 'x', number: '1', direction: 'in', startedAt: '2026-01-01T00:00:00Z', outcome: 'missed' }],
  }),
  'conversations.previewImport': ({ broughtId }) => ({ importId: broughtId }),
  'conversations.runImport': ({ broughtId }) => ({ importId: broughtId, name: 'Owned' }),
  'conversations.undoImport': ({ broughtId }) => ({ importId: broughtId }),
  'conversations.writeFieldNote': ({ personId }) => ({
    noteId: newId(),
    manner: 'visit',
    with: [{ personId }],
    at: '2026-01-01T00:00:00Z',
    text: 'Owned',
  }),
  'conversations.updateChannel': ({ mailboxId }) => ({ channelId: mailboxId, name: 'Owned' }),
  'dav.decideRemoval': ({ phoneId }) => ({ removalId: phoneId, decision: 'put_back' }),
  'dav.endDevice': ({ phoneId }) => ({ deviceId: phoneId }),
  'dav.updateDevice': ({ phoneId }) => ({ deviceId: phoneId, writes: false }),
  'identity.changeProcess': ({ processId }) => ({ processId, ...words }),
  'identity.chooseWorkspace': ({ workspaceId }) => ({ workspaceId }),
  'identity.createResetLink': ({ veraId }) => ({ memberId: veraId }),
  'identity.deleteApiKey': ({ apiKeyId }) => ({ apiKeyId }),
  'identity.deleteTeam': ({ teamId }) => ({ teamId }),
  'identity.endProcess': ({ processId }) => ({ processId }),
  'identity.endSession': ({ sessionId }) => ({ sessionId }),
  'identity.removePasskey': ({ passkeyId }) => ({ passkeyId }),
  'identity.updateMember': ({ veraId }) => ({ memberId: veraId, role: 'auditor' }),
  'identity.updateTeam': ({ teamId }) => ({ teamId, memberIds: [] }),
  'identity.withdrawInvitation': ({ invitationId }) => ({ invitationId }),
  'introductions.answer': ({ askId }) => ({ askId, choice: 'decline' }),
  'introductions.ask': ({ personId }) => ({ sought: 'Zephyr', cardId: personId, purpose: 'other', message: 'm' }),
  'introductions.getLetters': ({ askId, soughtId }) => ({ askId, contactId: soughtId }),
  'introductions.updateRequest': ({ requestId }) => ({ requestId, withdrawn: true }),
  'leadDays.decideBook': ({ dayId, bookId }) => ({ dayId, bookId, decided: true }),
  'leadDays.deleteDay': ({ dayId }) => ({ dayId }),
  'leadDays.endDay': ({ dayId }) => ({ dayId }),
  'leadDays.getDay': ({ dayId }) => ({ dayId }),
  'leadDays.getRound': ({ dayId }) => ({ dayId }),
  'leadDays.joinDay': ({ dayId, teamId }) => ({ dayId, teamId, named: true }),
  'leadDays.leaveDay': ({ dayId }) => ({ dayId }),
  'leadDays.planDay': ({ teamId }) => ({ goal: 'Owned', on: '2100-01-01', teamIds: [teamId] }),
  'leaving.cancelDeparture': ({ departureId }) => ({ departureId }),
  'leaving.confirmDeparture': ({ departureId }) => ({ departureId, name: 'Leo Gone' }),
  'leaving.getDeparture': ({ departureId }) => ({ departureId }),
  'leaving.openDeparture': ({ veraId }) => ({ memberId: veraId }),
  'leaving.undoDeparture': ({ departureId }) => ({ departureId }),
  'maps.addVacancy': ({ personId }) => ({ organizationId: personId, title: 'Owned', chiefId: null, shared: true }),
  'maps.changeMap': ({ mapId }) => ({ mapId, revision: 0, places: [], lines: [] }),
  'maps.createMap': ({ personId }) => ({ organizationId: personId, name: 'Owned' }),
  'maps.createMapOfOpportunity': ({ opportunityId }) => ({ opportunityId, name: 'Owned' }),
  'maps.endVacancy': ({ vacancyId }) => ({ vacancyId }),
  'maps.getChart': ({ personId }) => ({ personId }),
  'maps.getMap': ({ mapId }) => ({ mapId }),
  'maps.keepVersion': ({ mapId }) => ({ mapId, label: 'Owned' }),
  'maps.listMaps': ({ personId }) => ({ organizationId: personId }),
  'maps.listMapsOfOpportunity': ({ opportunityId }) => ({ opportunityId }),
  'maps.placeInChart': ({ personId, twinId }) => ({
    organizationId: personId,
    personId: twinId,
    chiefId: null,
    shared: true,
  }),
  'maps.restoreVersion': ({ mapId }) => ({ mapId, revision: 0 }),
  'maps.updateMap': ({ mapId }) => ({ mapId, shared: true }),
  'matching.decide': ({ pair }) => ({ pairs: [pair], same: true }),
  'matching.explainPair': ({ pair }) => ({ pair }),
  'matching.listVerdicts': ({ personId }) => ({ personId }),
  'matching.postpone': ({ pair }) => ({ pairs: [pair] }),
  'matching.previewSplit': ({ personId, twinId }) => ({ personId, cardIds: [twinId] }),
  'matching.splitPerson': ({ personId, twinId }) => ({ personId, cardIds: [twinId] }),
  'matching.withdrawVerdicts': ({ verdictId }) => ({ verdictIds: [verdictId] }),
  'notices.removeDevice': ({ deviceId }) => ({ deviceId }),
  'opportunities.closeOpportunity': ({ opportunityId }) => ({ opportunityId, version: 1, outcome: 'lost' }),
  'opportunities.countBrought': ({ connectionId }) => ({ connectionId }),
  'opportunities.getInterview': ({ opportunityId }) => ({ opportunityId }),
  'opportunities.saveInterview': ({ opportunityId }) => ({ opportunityId, said: { decided: 'Owned' } }),
  'opportunities.getOpportunity': ({ opportunityId }) => ({ opportunityId }),
  'opportunities.moveOpportunity': ({ opportunityId, stageId }) => ({ opportunityId, version: 1, stageId }),
  'opportunities.removeOpportunity': ({ opportunityId }) => ({ opportunityId }),
  'opportunities.removeParticipant': ({ opportunityId, personId }) => ({ opportunityId, personId }),
  'opportunities.reopenOpportunity': ({ opportunityId }) => ({ opportunityId, version: 1 }),
  'opportunities.restoreOpportunity': ({ goneId }) => ({ opportunityId: goneId }),
  'opportunities.setParticipant': ({ opportunityId, personId }) => ({ opportunityId, personId, roles: [] }),
  'opportunities.undoImport': ({ dealsId }) => ({ importId: dealsId }),
  'opportunities.updateOpportunity': ({ opportunityId }) => ({ opportunityId, version: 1, name: 'Owned' }),
  'outreach.askGate': ({ personId, pointId }) => ({ personId, contactPointId: pointId, purpose: 'service' }),
  'outreach.cancelMessage': ({ messageId }) => ({ messageId }),
  'outreach.getPressureOf': ({ personId }) => ({ personId }),
  'outreach.listDecisionsAbout': ({ personId }) => ({ personId }),
  'outreach.listMessagesTo': ({ personId }) => ({ personId }),
  'outreach.settleDoubt': ({ messageId }) => ({ messageId, arrived: true }),
  'outreach.writeToContact': ({ personId, pointId }) => ({
    ...{ personId, contactPointId: pointId, purpose: 'service', subject: 's', text: 't' },
  }),
  'scim.endDirectoryToken': ({ tokenId }) => ({ tokenId }),
  'relations.addLabelled': ({ groupId }) => ({ groupId, label: 'Owned' }),
  'relations.addToGroup': ({ groupId, personId }) => ({ groupId, personIds: [personId] }),
  'relations.changeGroup': ({ groupId }) => ({ groupId, version: 1, name: 'Owned', kind: 'other' }),
  'relations.changeMembership': ({ membershipId }) => ({ membershipId, ...belongs, shared: true }),
  'relations.endMembership': ({ membershipId }) => ({ membershipId }),
  'relations.getGroup': ({ groupId }) => ({ groupId }),
  'relations.joinGroup': ({ groupId }) => ({ groupId, ...belongs }),
  'relations.leaveGroup': ({ groupId }) => ({ groupId }),
  'relations.listGroupFellows': ({ personId }) => ({ personId }),
  'relations.listGroupPeople': ({ groupId }) => ({ groupId }),
  'relations.listGroupsOf': ({ personId }) => ({ personId }),
  'relations.readGroupFile': ({ groupId }) => ({ groupId, data: Buffer.from('a@b.example').toString('base64') }),
  'relations.removeGroup': ({ groupId }) => ({ groupId }),
  'relations.restoreGroup': ({ removedGroupId }) => ({ groupId: removedGroupId }),
  'relations.declareTie': ({ personId, otherId }) => ({ personId, otherId, kind: 'knows', shared: true }),
  'relations.endTie': ({ tieId }) => ({ tieId }),
  'relations.hideAcquaintance': ({ personId }) => ({ personId, hidden: true }),
  'relations.listNear': ({ personId }) => ({ personId }),
  'relations.listPaths': ({ personId }) => ({ personId }),
  'relations.listTies': ({ personId }) => ({ personId }),
  'relations.noteNear': ({ personId, otherId }) => ({ ...near, personId, nearId: otherId }),
  'relations.endViewpoint': ({ personId }) => ({ personId }),
  'relations.listPastViewpoints': ({ personId }) => ({ personId }),
  'relations.listViewpoints': ({ personId }) => ({ personId }),
  'relations.writeViewpoint': ({ personId }) => ({ personId, ...thought }),
  'compliance.answerAsked': ({ askedId }) => ({ askedId, outcome: 'agreed' }),
  'compliance.closeRequest': ({ privacyId }) => ({ requestId: privacyId }),
  'compliance.eraseAll': ({ privacyId }) => ({ requestId: privacyId }),
  'compliance.extendRequest': ({ privacyId }) => ({ requestId: privacyId, reason: 'Owned by a stranger' }),
  'compliance.getRequest': ({ privacyId }) => ({ requestId: privacyId }),
  'compliance.refuseRequest': ({ privacyId }) => ({ requestId: privacyId, reason: 'Owned by a stranger' }),
  'compliance.sendAnswer': ({ privacyId }) => ({ requestId: privacyId }),
  'selfUpdate.extendForget': ({ forgetId }) => ({ forgetId, reason: 'Owned by a stranger' }),
  'selfUpdate.answerForget': ({ forgetId }) => ({ forgetId, outcome: 'erased' }),
  'selfUpdate.askBook': ({ bookId }) => ({ bookId, locale: 'en' }),
  'selfUpdate.decideSuccessor': ({ linkId }) => ({ linkId, add: true }),
  'selfUpdate.endLink': ({ linkId }) => ({ linkId }),
  'selfUpdate.getRound': ({ bookId }) => ({ bookId }),
  'selfUpdate.listLinks': ({ personId }) => ({ personId }),
  'selfUpdate.sendLink': ({ personId, pointId }) => ({ personId, contactPointId: pointId, locale: 'en' }),
  'sources.cancelImport': ({ importId }) => ({ importId }),
  'sources.getImport': ({ importId }) => ({ importId }),
  'sources.keepBusinessCard': ({ bookId }) => ({
    ...{ key: bookId, bookId, fields: title, picture: Buffer.from([0xff, 0xd8, 0xff]).toString('base64') },
  }),
  'sources.listWarnings': ({ doneId }) => ({ importId: doneId }),
  'sources.removeImport': ({ importId }) => ({ importId }),
  'sources.startImport': ({ importId }) => ({ importId }),
  'sources.undoImport': ({ doneId }) => ({ importId: doneId }),
  'sources.updateImport': ({ importId }) => ({ importId, basis: 'consent' }),
  'sso.changeOidcProvider': ({ providerId }) => ({ providerId, ...oidc }),
  'sso.changeSamlProvider': ({ providerId }) => ({ providerId, ...provider }),
  'sso.removeProvider': ({ providerId }) => ({ providerId }),
  'segments.changeSegment': ({ segmentId }) => ({ segmentId, version: 1, name: 'Owned' }),
  'segments.compareSegments': ({ segmentId }) => ({ ids: `${segmentId},${newId()}` }),
  'segments.describeKnowledge': ({ personId }) => ({ personId }),
  'segments.endSegment': ({ segmentId }) => ({ segmentId }),
  'segments.explainFilter': ({ personId }) => ({ personId, filter: 'everyone', audience: { kind: 'mine' } }),
  'segments.getSegment': ({ segmentId }) => ({ segmentId }),
  'segments.keepSnapshot': ({ segmentId }) => ({ segmentId, name: 'Owned' }),
  'segments.listMembers': ({ segmentId }) => ({ segmentId }),
  'segments.listMovements': ({ segmentId }) => ({ segmentId }),
  'segments.listPeople': ({ segmentId, personId }) => ({ segmentId, add: [personId] }),
  'segments.restoreSegment': ({ segmentId }) => ({ segmentId }),
  'events.addGuest': ({ eventId, personId }) => ({ eventId, personId, locale: 'en' }),
  'events.answerFor': ({ eventId, guestId }) => ({ eventId, guestId, coming: true }),
  'events.cancelEvent': ({ eventId }) => ({ eventId }),
  'events.getEvent': ({ eventId }) => ({ eventId }),
  'forms.openEvent': ({ eventId, channelId }) => ({ eventId, channelId, open: true }),
  'events.giveFollowUps': ({ eventId }) => ({ eventId, of: 'declined', title: 'Owned', dueOn: '2030-01-01' }),
  'events.inviteGuests': ({ eventId, personId }) => ({
    ...{ eventId, personIds: [personId], subject: 'Owned', text: 'Owned', locale: 'en' },
  }),
  'events.letIn': ({ eventId, guestId }) => ({
    ...{ eventId, items: [{ guestId, attended: true, at: '2026-01-01T00:00:00Z' }] },
  }),
  'events.listDoor': ({ eventId }) => ({ eventId }),
  'events.listGuests': ({ eventId }) => ({ eventId }),
  'events.nudgeGuests': ({ eventId }) => ({ eventId }),
  'events.previewInviting': ({ eventId, personId }) => ({ eventId, personIds: [personId] }),
  'events.settleEvent': ({ eventId }) => ({ eventId }),
  'events.updateEvent': ({ eventId }) => ({ ...anEvent(), eventId }),
  'hunting.editApproach': ({ huntId, approachId }) => ({ huntId, approachId, letter: 'Owned' }),
  'hunting.sayOutcome': ({ huntId, approachId }) => ({ huntId, approachId, outcome: 'answered' }),
  'pages.getPublication': ({ contentId }) => ({ contentId }),
  'pages.publish': ({ contentId }) => ({ contentId, slug: 'owned' }),
  'pages.withdraw': ({ contentId }) => ({ contentId }),
  'surveys.getResults': ({ surveyId }) => ({ surveyId }),
  'surveys.getSurvey': ({ surveyId }) => ({ surveyId }),
  'surveys.listAnswers': ({ surveyId }) => ({ surveyId }),
  'surveys.offerInConversation': ({ conversationId, surveyId }) => ({ conversationId, surveyId, locale: 'en' }),
  'surveys.previewSending': ({ surveyId, personId }) => ({ surveyId, personIds: [personId] }),
  'surveys.sendSurvey': ({ surveyId, personId }) => ({
    ...{ surveyId, personIds: [personId], subject: 'Owned', text: 'Owned', locale: 'en' },
  }),
  'surveys.updateSurvey': ({ surveyId }) => ({ surveyId, name: 'Owned' }),
  'tasks.deleteTask': ({ taskId }) => ({ taskId }),
  'tasks.updateTask': ({ taskId }) => ({ taskId, done: true }),
  'decisions.endTracker': ({ trackerId }) => ({ trackerId }),
  'voices.correct': ({ conversationId, saidId }) => ({
    conversationId,
    messageId: saidId,
    tone: 'positive',
    topicIds: null,
  }),
  'voices.getRise': ({ riseId }) => ({ riseId }),
  'voices.listReadings': ({ conversationId }) => ({ conversationId }),
  'voices.previewRequest': ({ conversationId, saidId }) => ({ conversationId, messageId: saidId, name: 'm' }),
  'voices.takeBack': ({ conversationId, saidId }) => ({ conversationId, messageId: saidId }),
};

/** Something of the caller's own, with what is others' beside it: refused as well. */
const askedBeside: [string, (id: Ids, own: Ids) => object][] = [
  ['conversations.listConversations', (id) => ({ personId: id.personId })],
  [
    'apps.createKey',
    (id, own) => ({ name: 'k', scopes: ['contacts:read'], bookIds: [own.bookId, id.bookId], acts: ['read'] }),
  ],
  ['apps.deleteFact', (id, own) => ({ personId: own.personId, factId: id.factId })],
  ['cards.archiveCards', (id, own) => ({ cardIds: [own.personId, id.personId] })],
  ['cards.endTrust', (id, own) => ({ bookId: own.bookId, memberId: id.carlId })],
  ['cards.updateCard', (id, own) => ({ cardId: own.personId, bookId: id.bookId })],
  ['cards.updatePerson', (id, own) => ({ personId: own.personId, remove: [{ cardId: id.personId, fieldNo: 0 }] })],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'member', memberId: id.appId } }),
  ],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'app', appId: id.keyAppId } }),
  ],
  [
    'maps.changeMap',
    (id, own) => ({
      ...{ mapId: own.mapId, revision: 0, lines: [] },
      places: [{ personId: id.personId, place: { influence: 1, stance: 0, leftOut: false } }],
    }),
  ],
  ['maps.addVacancy', (id, own) => ({ organizationId: own.personId, title: 't', chiefId: id.personId, shared: true })],
  ['matching.decide', (id, own) => ({ pairs: [pairOf(own.personId, id.personId)], same: true })],
  ['matching.decide', (id, own) => ({ pairs: [pairOf(own.personId, id.lentId)], same: false })],
  ['matching.explainPair', (id, own) => ({ pair: pairOf(own.personId, id.personId) })],
  ['matching.postpone', (id, own) => ({ pairs: [pairOf(own.personId, id.personId)] })],
  ['matching.previewSplit', (id, own) => ({ personId: own.personId, cardIds: [id.personId] })],
  ['matching.splitPerson', (id, own) => ({ personId: own.personId, cardIds: [id.personId] })],
  ['opportunities.createOpportunity', (id) => ({ name: 'o', organizationId: id.personId })],
  ['opportunities.listOpportunities', (id) => ({ personId: id.personId })],
  [
    'opportunities.setParticipant',
    (id, own) => ({ opportunityId: id.opportunityId, personId: own.personId, roles: [] }),
  ],
  [
    'opportunities.setParticipant',
    (id, own) => ({ opportunityId: own.opportunityId, personId: id.personId, roles: [] }),
  ],
  [
    'opportunities.updateOpportunity',
    (id, own) => ({ opportunityId: own.opportunityId, version: 1, organizationId: id.personId }),
  ],
  ['outreach.askGate', (id, own) => ({ personId: own.personId, contactPointId: id.pointId, purpose: 'service' })],
  ['outreach.writeToContact', (id, own) => ({ ...letter, personId: own.personId, contactPointId: id.pointId })],
  ['relations.listViewpoints', (id, own) => ({ personId: own.personId, opportunityId: id.opportunityId })],
  ['relations.writeViewpoint', (id, own) => ({ ...thought, personId: own.personId, opportunityId: id.opportunityId })],
  [
    'relations.declareTie',
    (id, own) => ({ personId: own.personId, otherId: id.personId, kind: 'knows', shared: true }),
  ],
  ['relations.noteNear', (id, own) => ({ ...near, personId: own.personId, nearId: id.personId })],
  ['relations.addToGroup', (id, own) => ({ groupId: own.groupId, personIds: [own.personId, id.personId] })],
  ['selfUpdate.sendLink', (id, own) => ({ personId: own.personId, contactPointId: id.pointId, locale: 'en' })],
  ['sources.updateImport', (id, own) => ({ importId: own.importId, bookId: id.bookId })],
  ['sources.updateImport', (id, own) => ({ importId: own.importId, sourceId: id.sourceId })],
  ['community.previewInvitations', (id) => ({ communityId: id.communityId, personIds: [id.personId] })],
  [
    'community.invite',
    (id) => ({ communityId: id.communityId, personIds: [id.personId], subject: 's', text: 't', locale: 'en' }),
  ],
  ['segments.listPeople', (id, own) => ({ segmentId: own.segmentId, add: [id.personId] })],
  ['segments.compareSegments', (id, own) => ({ ids: `${own.segmentId},${id.segmentId}` })],
  ['events.previewInviting', (id, own) => ({ eventId: own.eventId, personIds: [id.personId] })],
  [
    'events.inviteGuests',
    (id, own) => ({ eventId: own.eventId, personIds: [id.personId], subject: 's', text: 't', locale: 'en' }),
  ],
  ['events.addGuest', (id, own) => ({ eventId: own.eventId, personId: id.personId, locale: 'en' })],
  ['events.answerFor', (id, own) => ({ eventId: own.eventId, guestId: id.guestId, coming: false })],
  ['surveys.previewSending', (id, own) => ({ surveyId: own.surveyId, personIds: [id.personId] })],
  [
    'surveys.sendSurvey',
    (id, own) => ({ surveyId: own.surveyId, personIds: [id.personId], subject: 's', text: 't', locale: 'en' }),
  ],
  [
    'surveys.sendSurvey',
    (id, own) => ({
      ...{ surveyId: own.surveyId, personIds: [own.personId], subject: 's', text: 't', locale: 'en' },
      opportunityId: id.opportunityId,
    }),
  ],
  [
    'surveys.offerInConversation',
    (id, own) => ({ surveyId: own.surveyId, conversationId: id.conversationId, locale: 'en' }),
  ],
  ['tasks.createTask', (id) => ({ title: 't', personId: id.personId })],
  ['tasks.createTask', (id) => ({ title: 't', requestId: id.requestId })],
  ['tasks.listTasks', (id) => ({ personId: id.personId })],
];

const anEntry = {
  ...{ key: 'owned', name: 'Owned', meaning: 'Owned', type: 'text', purpose: 'Owned', basis: 'consent', months: 1 },
  access: [{ kind: 'workspace', writes: true }],
};
const anObjective = {
  name: 'Owned',
  kind: 'winning',
  measuredBy: 'hand',
  from: 0,
  to: 9,
  startsOn: '2026-01-01',
  dueOn: '2026-12-31',
};
const aCampaign = { name: 'Owned', purpose: 'newsletter', channel: 'email' };
const anOutcome = { beganOn: null, endedOn: null, spentCents: null, brought: 'Owned' };
const aStage = [{ id: '0193ffff-0000-7000-8000-0000000000ee', name: 'Owned', touchpoints: [] }];
const aStudy = {
  ...{ kind: 'other', idea: 'Owned', question: { fr: '', en: '' }, channelId: null, business: null, businessNote: '' },
  ...{ it: null, itNote: '', costEuros: null, responsibleId: null, dueOn: null },
};
const aCommunity = { slug: 'strangers', name: 'Users', intro: {}, invitedOnly: false, firstReviewed: true };
/** Seen by everybody of the company: tried from another one. */
const communityOps: [string, (id: Ids) => object][] = [
  ['answerPost', ({ postId }) => ({ postId, text: 'Owned' })],
  ['banPerson', ({ postId }) => ({ personId: postId, banned: true, reason: 'Owned' })],
  ['decidePost', ({ postId }) => ({ postId, show: true })],
  ['decideStory', ({ postId }) => ({ storyId: postId, show: true })],
  ['getIdea', ({ postId }) => ({ postId })],
  ['getQueue', () => ({})],
  ['giveFeedback', ({ spaceId }) => ({ spaceId, text: 'Owned' })],
  ['listActs', () => ({})],
  ['listIdeas', () => ({})],
  ['listPeople', () => ({})],
  ['saveSpace', ({ spaceId }) => ({ spaceId, kind: 'ideas', name: { fr: 'o', en: 'o' }, intro: {} })],
  ['setStatus', ({ postId }) => ({ postId, status: 'done' })],
  ['updateCommunity', () => ({ name: 'Owned' })],
];

/** One point, as PNG. */
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** A database of hers, which is not reached. */
const factDatabase: factDatabases.DatabaseSettings = {
  ...{
    engine: 'mysql',
    address: '10.0.0.1',
    database: 'till',
    username: 'reader',
    query: 'select * from t where at > :since',
  },
  ...{ order: { column: 'at', type: 'time' }, customerSystem: '', zone: 'UTC', every: 60 },
  columns: {
    ...{ externalId: 'id', at: 'at', kind: { fixed: 'order', column: '' }, email: 'mail', phone: '', customerId: '' },
    ...{ amount: '', currency: { fixed: '', column: '' }, consent: '', props: {} },
  },
};

/** Members, teams and the like of another workspace, in what one makes of one's own. */
const askedAcross: [string, (id: Ids, own: Ids) => object][] = [
  [
    'conversations.addChannel',
    (id) => ({ kind: 'chat', name: 'c', settings: {}, access: [{ kind: 'team', id: id.teamId }] }),
  ],
  ['conversations.endChannel', (id) => ({ channelId: id.channelId })],
  ['facts.addKind', (id) => ({ ...factKind, access: [{ kind: 'team', id: id.teamId }] })],
  ['facts.identify', (id) => ({ visitor: 'v'.repeat(20), is: { cardId: id.personId } })],
  ['facts.previewImport', (id) => ({ importId: id.factFileId })],
  ['facts.runImport', (id) => ({ importId: id.factFileId })],
  ['facts.tryDatabase', (id) => ({ settings: factDatabase, sourceId: id.factDatabaseId })],
  ['facts.undoImport', (id) => ({ importId: id.factFileId })],
  ['conversations.getChannel', (id) => ({ channelId: id.channelId })],
  ['conversations.updateChannel', (id) => ({ channelId: id.channelId, name: 'Owned' })],
  ['delegation.createBook', (id) => ({ name: 'b', stewardIds: [id.veraId] })],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'member', memberId: id.veraId } }),
  ],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'team', teamId: id.teamId } }),
  ],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'process', processId: id.processId } }),
  ],
  [
    'delegation.createGrant',
    (id, own) => ({ ...lending, bookId: own.bookId, grantee: { kind: 'app', appId: id.appId } }),
  ],
  ['attributes.addAttribute', (id) => ({ ...anEntry, access: [{ kind: 'team', id: id.teamId, writes: true }] })],
  ['attributes.endAttribute', ({ attributeId }) => ({ attributeId })],
  ['attributes.getAttribute', ({ attributeId }) => ({ attributeId })],
  ['attributes.restoreAttribute', ({ attributeId }) => ({ attributeId })],
  ['attributes.updateAttribute', ({ attributeId }) => ({ attributeId, version: 1, ...anEntry })],
  ['collection.decide', ({ mechanismId }) => ({ mechanismId, outcome: 'dropped', why: 'Owned' })],
  ['collection.getProgress', ({ itemId }) => ({ itemId })],
  ['collection.getResults', ({ mechanismId }) => ({ mechanismId })],
  [
    'collection.proposeMechanism',
    ({ itemId, touchpointId }) => ({ itemId, touchpointId, kind: 'other', idea: 'Owned' }),
  ],
  ['collection.saveNeed', ({ itemId }) => ({ name: 'Owned', kind: 'other', itemIds: [itemId] })],
  ['collection.saveTouchpoint', ({ touchpointId }) => ({ touchpointId, name: 'Owned' })],
  ['collection.setEnded', ({ itemId }) => ({ part: 'item', id: itemId, ended: true })],
  ['collection.startTest', ({ mechanismId }) => ({ mechanismId })],
  ['collection.updateMechanism', ({ mechanismId }) => ({ mechanismId, version: 2, ...aStudy })],
  ['campaigns.approveSending', ({ campaignId }) => ({ campaignId, edition: 1, contents: [] })],
  ['campaigns.chooseVariant', ({ campaignId }) => ({ campaignId, variant: 1 })],
  ['campaigns.estimateSending', ({ campaignId }) => ({ campaignId })],
  ['campaigns.getBrought', ({ programmeId }) => ({ programmeId })],
  ['campaigns.getBroughtToObjective', ({ objectiveId }) => ({ objectiveId })],
  ['campaigns.getChange', ({ campaignId }) => ({ campaignId })],
  ['campaigns.getResults', ({ campaignId }) => ({ campaignId })],
  ['campaigns.getSending', ({ campaignId }) => ({ campaignId })],
  ['campaigns.getVariants', ({ campaignId }) => ({ campaignId })],
  ['campaigns.listRecipients', ({ campaignId }) => ({ campaignId, outcome: 'sent' })],
  ['letters.callBackBatch', ({ campaignId }) => ({ campaignId, batchId: voices.noTopic })],
  ['letters.listBatches', ({ campaignId }) => ({ campaignId })],
  ['letters.makeAnew', ({ campaignId }) => ({ campaignId, batchId: voices.noTopic })],
  ['letters.makeBatches', ({ campaignId }) => ({ campaignId })],
  ['letters.postBatch', ({ campaignId }) => ({ campaignId, batchId: voices.noTopic })],
  ['campaigns.saveSending', ({ campaignId, contentId }) => ({ campaignId, contentId })],
  ['campaigns.sendTrials', ({ campaignId, veraId }) => ({ campaignId, memberIds: [veraId] })],
  ['campaigns.startSending', ({ campaignId }) => ({ campaignId })],
  ['campaigns.steerSending', ({ campaignId }) => ({ campaignId, act: 'stop' })],
  ['hunting.changeHunt', ({ huntId }) => ({ huntId, version: 1, ...aHunt })],
  ['hunting.contribute', ({ huntId, personId }) => ({ huntId, personIds: [personId] })],
  ['hunting.decide', ({ huntId, approachId }) => ({ huntId, approachIds: [approachId], decision: 'withdraw' })],
  ['hunting.endHunt', ({ huntId }) => ({ huntId })],
  ['hunting.getHunt', ({ campaignId }) => ({ campaignId })],
  ['hunting.listApproaches', ({ huntId }) => ({ huntId })],
  ['hunting.listWritten', ({ huntId }) => ({ huntId })],
  ['hunting.openHunt', ({ campaignId }) => ({ campaignId, ...aHunt })],
  ['plan.dismissFinding', ({ journeyId, stageId }) => ({ journeyId, found: `leaving ${stageId}`, dismissed: true })],
  ['plan.getCampaign', ({ campaignId }) => ({ campaignId })],
  ['plan.getJourney', ({ journeyId }) => ({ journeyId })],
  ['plan.giveStep', ({ campaignId, veraId }) => ({ campaignId, step: 'brief', responsibleId: veraId, dueOn: null })],
  ['plan.getSegmentPressure', ({ segmentId }) => ({ segmentId })],
  ['plan.listFindings', ({ journeyId }) => ({ journeyId })],
  ['plan.moveDay', ({ campaignId }) => ({ campaignId, version: 1, plannedOn: null })],
  ['plan.moveStep', ({ campaignId }) => ({ campaignId, step: 'brief', done: true })],
  ['plan.recordFigure', ({ objectiveId }) => ({ objectiveId, day: '2026-01-05', value: 1 })],
  ['plan.reportOutcome', ({ campaignId }) => ({ campaignId, version: 1, ...anOutcome })],
  ['plan.saveCampaign', ({ campaignId, programmeId }) => ({ campaignId, version: 1, programmeId, ...aCampaign })],
  ['plan.saveCampaign', ({ programmeId }) => ({ programmeId, ...aCampaign })],
  ['plan.saveJourney', ({ journeyId }) => ({ journeyId, version: 1, name: 'Owned', stages: aStage })],
  ['plan.saveJourney', ({ segmentId }) => ({ name: 'Owned', stages: aStage, segmentId })],
  ['plan.saveMoment', ({ journeyId, stageId }) => ({ journeyId, stageId, name: 'Owned' })],
  ['plan.saveObjective', ({ objectiveId }) => ({ objectiveId, version: 1, ...anObjective })],
  ['plan.saveObjective', ({ segmentId }) => ({ ...anObjective, measuredBy: 'members', segmentId })],
  ['plan.saveProgramme', ({ programmeId }) => ({ programmeId, version: 1, name: 'Owned', objectiveIds: [] })],
  ['plan.saveProgramme', ({ objectiveId }) => ({ name: 'Owned', objectiveIds: [objectiveId] })],
  ['plan.simulatePressure', ({ segmentId }) => ({ segmentId, purpose: 'survey', at: '2027-01-01T10:00:00.000Z' })],
  ['plan.setArchived', ({ programmeId }) => ({ part: 'programme', id: programmeId, archived: true })],
  ['plan.setJourneyArchived', ({ journeyId }) => ({ journeyId, archived: true })],
  ['plan.writeBrief', ({ campaignId }) => ({ campaignId, version: 1, brief: 'Owned' })],
  ['scenarios.approve', ({ scenarioId }) => ({ scenarioId, edition: 1, contents: [] })],
  ['scenarios.dryRun', ({ scenarioId }) => ({ scenarioId })],
  ['scenarios.enter', ({ scenarioId, personId }) => ({ scenarioId, personIds: [personId] })],
  ['scenarios.getPath', ({ scenarioId, bookId }) => ({ scenarioId, journeyId: bookId })],
  ['scenarios.getScenario', ({ scenarioId }) => ({ scenarioId })],
  ['scenarios.listEffects', ({ scenarioId }) => ({ scenarioId })],
  ['scenarios.listPeople', ({ scenarioId }) => ({ scenarioId })],
  ['scenarios.publish', ({ scenarioId }) => ({ scenarioId, edition: 1 })],
  ['scenarios.saveDraft', ({ scenarioId }) => ({ scenarioId, edition: 0, definition: aDrawing(inARow()) })],
  ['scenarios.setState', ({ scenarioId }) => ({ scenarioId, state: 'paused' })],
  ['scenarios.settleEffect', ({ scenarioId, bookId }) => ({ scenarioId, effectId: bookId, as: 'looked' })],
  ['scenarios.addReady', ({ programmeId }) => ({ key: 'welcome', programmeId })],
  ['scenarios.takeOut', ({ scenarioId, bookId }) => ({ scenarioId, journeyId: bookId })],
  ['decisions.createIssue', ({ caseId, trackerId }) => ({ caseId, trackerId, title: 't', text: 't' })],
  ['decisions.decide', ({ caseId, veraId }) => ({ caseId, version: 1, ...decision, ownerId: veraId })],
  ['decisions.draftIssue', ({ caseId }) => ({ caseId })],
  ['decisions.getCase', ({ caseId }) => ({ caseId })],
  ['decisions.leaveUnanswered', ({ caseId, pointId }) => ({ caseId, key: pointId, reason: 'Owned' })],
  ['decisions.listQuotes', ({ caseId }) => ({ caseId })],
  ['decisions.listRaised', ({ caseId }) => ({ caseId })],
  ['decisions.previewAnswers', ({ caseId, pointId }) => ({ caseId, texts: { en: 't' }, keys: [pointId] })],
  [
    'decisions.sendAnswers',
    ({ caseId, pointId }) => ({ caseId, texts: { en: 't' }, targets: [{ key: pointId, seen: null }] }),
  ],
  ['decisions.setConsent', ({ caseId, saidId }) => ({ caseId, voiceId: saidId, agreed: true })],
  ['decisions.setThreshold', ({ topicId }) => ({ topicId, threshold: null })],
  ['decisions.settleIssue', ({ caseId, bookId }) => ({ caseId, issueId: bookId, arrived: true })],
  ['identity.createInvitation', (id) => ({ teamIds: [id.teamId] })],
  ['identity.createInvitations', (id) => ({ emails: ['m@example.com'], teamIds: [id.teamId] })],
  ['identity.createProcess', (id) => ({ ...words, memberIds: [id.veraId] })],
  ['identity.createTeam', (id) => ({ name: 't', memberIds: [id.veraId], leadIds: [id.veraId] })],
  ['opportunities.createOpportunity', (id) => ({ name: 'o', ownerId: id.veraId, visibility: { kind: 'workspace' } })],
  ['opportunities.createOpportunity', (id) => ({ name: 'o', visibility: { kind: 'team', teamId: id.teamId } })],
  ['opportunities.createOpportunity', (id) => ({ name: 'o', stageId: id.stageId })],
  ['relations.createGroup', (id) => ({ name: 'g', kind: 'other', visibleTo: 'team', teamId: id.teamId })],
  ['sso.addOidcProvider', (id) => ({ ...oidc, teamIds: [id.teamId] })],
  ['sso.addSamlProvider', (id) => ({ ...provider, teamIds: [id.teamId], metadata: samlMetadata })],
  ['community.addCommunity', (id) => ({ ...aCommunity, moderatorTeamId: id.teamId })],
  ['content.addContent', (id) => ({ name: 'Owned', audience: { kind: 'team', id: id.teamId } })],
  ['content.addPart', (id) => ({ name: 'Owned', said: {}, audience: { kind: 'team', id: id.teamId } })],
  ['content.listImageUses', (id) => ({ imageId: id.imageId })],
  ...communityOps.map(([name, more]): [string, (id: Ids, own: Ids) => object] => [
    `community.${name}`,
    (id) => ({ communityId: id.communityId, ...more(id) }),
  ]),
  ['adoption.addLot', (id) => ({ ...aLot, teamIds: [id.teamId] })],
  ['dataMap.addSystem', (id) => ({ ...aSystem, name: 'Other', ownerId: id.veraId })],
  ['segments.addSegment', (id) => ({ ...aList, audience: { kind: 'team', id: id.teamId } })],
  ['segments.addSegment', (id) => ({ ...aList, shownTo: [{ kind: 'team', id: id.teamId }] })],
  ['segments.changeMeasure', (id) => ({ ...aMeasure, measureId: id.measureId, version: 1 })],
  ['segments.checkScore', (id) => ({ measureId: id.measureId, outcome: 'everyone', daysAgo: 1 })],
  ['segments.getLanguage', (id) => ({ audience: 'team', teamId: id.teamId })],
  ['segments.removeMeasure', (id) => ({ measureId: id.measureId })],
  ['events.addEvent', (id) => ({ ...anEvent(), audience: { kind: 'team', id: id.teamId! } })],
  [
    'events.updateEvent',
    (id, own) => ({ ...anEvent(), eventId: own.eventId, quotas: [{ teamId: id.teamId, seats: 1 }] }),
  ],
  ['surveys.addSurvey', (id) => aSurvey({ audience: { kind: 'team', id: id.teamId! } })],
  ['tasks.createTask', (id) => ({ title: 't', ownerId: id.veraId })],
  ['voices.saveTopic', (id) => ({ topicId: newId(), parentId: id.topicId, name: { fr: 't', en: 't' }, words: [] })],
];

/** What a role is for: it answers in one's own company. */
const roleMay: Record<string, readonly Role[]> = {
  'dataMap.changeSystem': ['marketing'],
  'dataMap.removeSystem': ['marketing'],
  'dataMap.restoreSystem': ['marketing'],
  'identity.endProcess': ['marketing'],
  'audit.listUsesOf': ['auditor'],
  'compliance.getRequest': ['auditor'],
  'leaving.getDeparture': ['auditor'],
};

/** What everybody in the company sees, and few change: there 403 hides nothing. */
const seenByAll = ['identity.updateTeam', 'leadDays.planDay'];

/** What may be asked with ids of others and answers: with nothing of theirs, and nothing done to them. */
const harmless: Record<string, { input: (id: Ids) => object; why: string }> = {
  'maps.takePeople': {
    input: ({ personId }) => ({ personIds: [personId] }),
    why: 'says which of them may be taken along',
  },
  'cards.getFacets': { input: ({ bookId }) => ({ bookId }), why: 'a filter that finds nothing' },
  'cards.listPeople': { input: ({ bookId }) => ({ bookId }), why: 'a filter that finds nothing' },
  'delegation.listGrants': { input: ({ bookId }) => ({ bookId }), why: 'a filter that finds nothing' },
  'voices.getBoard': { input: ({ channelId }) => ({ channelId }), why: 'counts nothing' },
  'voices.listMessages': {
    input: ({ channelId }) => ({ topicId: voices.noTopic, channelId }),
    why: 'a cell that is empty',
  },
  'voices.listVoices': { input: ({ topicId }) => ({ topicId }), why: 'hears nobody' },
  'voices.listElsewhere': { input: ({ topicId }) => ({ topicId }), why: 'words that the caller sees' },
  'conversations.getFigures': { input: ({ channelId }) => ({ channelId }), why: 'counts nothing' },
  'home.listHappenings': { input: ({ bookId }) => ({ bookId }), why: 'a filter that finds nothing' },
  'home.seeReplies': { input: ({ replyId }) => ({ ids: [replyId] }), why: 'marks those of the caller among them' },
  'matching.recallProposals': { input: ({ pair }) => ({ pairs: [pair] }), why: "takes back the caller's own 'later'" },
  'relations.listNearPeople': {
    input: ({ personId }) => ({ personIds: [personId] }),
    why: 'looks around those whom the caller sees among them',
  },
  'relations.takeBackBatch': {
    input: ({ groupId, batchId }) => ({ groupId, batchId }),
    why: "takes back the caller's own words",
  },
  'segments.countFilter': {
    input: () => ({ filter: 'everyone', audience: { kind: 'mine' } }),
    why: 'counts whom the caller sees',
  },
  'notices.markRead': { input: ({ noticeId }) => ({ ids: [noticeId] }), why: 'marks those of the caller among them' },
};

/** Without an id of anybody, for the caller alone: strangers have nothing to try there but signed out, or with a key for something else. */
const ownWrites =
  `adoption.openParts audit.verify attributes.setValues collection.countNow collection.saveItem content.saveHouseStyle content.saveLetterhead apps.changeSettings apps.decline apps.registerClient apps.reportFacts cards.saveView charter.acceptCharter
  charter.publishCharter compliance.recordRequest connectors.listPlaces connectors.removeOauthClient connectors.setOauthClient distribution.subscribe conversations.addOwnMailbox conversations.saveNoteSetup correspondents.readCalendarFile correspondents.settleMeeting correspondents.renewDropBox dav.addDevice identity.addPasskey identity.changePassword identity.confirmSecondFactor identity.createApiKey
  identity.createWorkspace identity.endOtherSessions identity.prepareSecondFactor identity.removeSecondFactor
  identity.startPasskey identity.updateMe matching.startFullRun matching.updatePrecision notices.addDevice
  notices.updateSettings plan.addExample plan.archiveExample opportunities.readImport opportunities.runImport opportunities.saveStages outreach.checkMailDomain outreach.confirmSigningKey outreach.makeSigningKey outreach.removeMailSetup outreach.removeSigningKey outreach.removeReturnBox outreach.saveReturnBox outreach.saveGateRules relations.updateReciprocity relations.updateTieSettings outreach.saveMailSetup outreach.sendTestMail outreach.suppressAddress
  decisions.addTracker facts.addDatabase facts.addSource facts.recordFacts facts.tryMapping scim.createDirectoryToken segments.addMeasure segments.changeStages voices.dismissProposal voices.removeModel voices.setModel voices.setWeighing`.split(
    /\s+/,
  );

/** Reads without an id that need an input, or refuse who calls. */
/** Of nothing that there is. */
const nobody = { caseId: '0193ffff-0000-7000-8000-0000000000dd' };

const reads: Record<string, { input?: object; status?: number }> = {
  'distribution.sampleEvent': { input: { event: 'fact.recorded' } },
  'decisions.getCase': { input: nobody, status: 404 },
  'decisions.listQuotes': { input: nobody, status: 404 },
  'decisions.listRaised': { input: nobody, status: 404 },
  'apps.getRequest': { input: { request: 'client_id=x&sig=y' }, status: 404 },
  'apps.listContactable': { input: { purpose: 'newsletter' }, status: 403 },
  'conversations.searchMessages': { input: { q: 'Zephyr' } },
  'voices.previewRequest': { input: { name: 'm' } },
  'relations.searchPaths': { input: { q: 'Zephyr' } },
  'relations.findNearGroups': { input: { name: 'Zephyr circle' } },
  'opportunities.listOutcomes': { input: { outcome: 'lost' } },
  'community.getIdea': { input: { communityId: voices.noTopic, postId: voices.noTopic }, status: 404 },
  'community.getQueue': { input: { communityId: voices.noTopic }, status: 404 },
  'community.listActs': { input: { communityId: voices.noTopic }, status: 404 },
  'community.listIdeas': { input: { communityId: voices.noTopic }, status: 404 },
  'community.listPeople': { input: { communityId: voices.noTopic }, status: 404 },
  'content.listImageUses': { input: { imageId: voices.noTopic }, status: 404 },
  'attributes.getAttribute': { input: { attributeId: voices.noTopic }, status: 404 },
  'collection.getProgress': { input: { itemId: voices.noTopic }, status: 404 },
  'collection.getResults': { input: { mechanismId: voices.noTopic }, status: 404 },
  'campaigns.getBrought': { input: { programmeId: voices.noTopic }, status: 404 },
  'campaigns.getBroughtToObjective': { input: { objectiveId: voices.noTopic }, status: 404 },
  'campaigns.getChange': { input: { campaignId: voices.noTopic }, status: 404 },
  'campaigns.getResults': { input: { campaignId: voices.noTopic }, status: 404 },
  'campaigns.getSending': { input: { campaignId: voices.noTopic }, status: 404 },
  'letters.listBatches': { input: { campaignId: voices.noTopic }, status: 404 },
  'campaigns.getVariants': { input: { campaignId: voices.noTopic }, status: 404 },
  'campaigns.listRecipients': { input: { campaignId: voices.noTopic, outcome: 'sent' }, status: 404 },
  'hunting.getHunt': { input: { campaignId: voices.noTopic }, status: 404 },
  'hunting.listApproaches': { input: { huntId: voices.noTopic }, status: 404 },
  'hunting.listWritten': { input: { huntId: voices.noTopic }, status: 404 },
  'plan.getCampaign': { input: { campaignId: voices.noTopic }, status: 404 },
  'scenarios.getScenario': { input: { scenarioId: voices.noTopic }, status: 404 },
  'scenarios.dryRun': { input: { scenarioId: voices.noTopic }, status: 404 },
  'scenarios.listEffects': { input: { scenarioId: voices.noTopic }, status: 404 },
  'scenarios.listPeople': { input: { scenarioId: voices.noTopic }, status: 404 },
  'scenarios.getPath': { input: { scenarioId: voices.noTopic, journeyId: voices.noTopic }, status: 404 },
  'plan.getJourney': { input: { journeyId: voices.noTopic }, status: 404 },
  'plan.getSegmentPressure': { input: { segmentId: voices.noTopic }, status: 404 },
  'plan.listFindings': { input: { journeyId: voices.noTopic }, status: 404 },
  'dashboards.getBoard': { input: { board: 'reference' } },
  'charter.getDocument': { input: { document: 'charter', locale: 'en' } },
};

const chatOf = ({ companyId, channelId }: Ids) => ({ workspaceId: companyId, channelId });

/** What anybody may call: with a guessed token, address or password it opens nothing and tells nothing. */
const open: Record<string, { input: (id: Ids) => object; status: number }> = {
  'conversations.identifyVisitor': { input: (ids) => ({ ...chatOf(ids), email: 'm@example.com' }), status: 401 },
  'conversations.openChat': { input: chatOf, status: 200 },
  'conversations.readChat': { input: chatOf, status: 401 },
  'conversations.sayInChat': {
    input: (ids) => ({ ...chatOf(ids), messageId: ids.bookId, text: 'Owned' }),
    status: 401,
  },
  'conversations.writeInChat': { input: chatOf, status: 401 },
  'identity.acceptInvitation': {
    input: () => ({ token: 'guessed', name: 'M', email: 'm@example.com', password: 'seven green bicycles' }),
    status: 410,
  },
  'identity.getInvitation': { input: () => ({ token: 'guessed' }), status: 410 },
  'identity.getStatus': { input: () => ({}), status: 200 },
  'identity.resetPassword': { input: () => ({ token: 'guessed', password: 'seven green bicycles' }), status: 410 },
  'identity.setUp': {
    input: () => ({ token: '', workspace: 'W', name: 'M', email: 'm@example.com', password: 'seven green bicycles' }),
    status: 410,
  },
  'identity.signIn': { input: () => ({ email: 'vera.holder@example.com', password: 'guessed' }), status: 401 },
  'identity.signInByPasskey': {
    input: ({ passkeyId }) => ({ answer: { id: passkeyId, rawId: passkeyId, type: 'public-key', response: {} } }),
    status: 401,
  },
  'identity.signOut': { input: () => ({}), status: 200 },
  'identity.startPasskeySignIn': { input: () => ({}), status: 200 },
  'introductions.answerLink': { input: () => ({ token: 'guessed.guessed', choice: 'decline' }), status: 410 },
  'introductions.openLink': { input: () => ({ token: 'guessed.guessed' }), status: 410 },
  'notices.stopDigest': { input: () => ({ token: 'guessed.guessed' }), status: 410 },
  'selfUpdate.answer': { input: () => ({ token: 'guessed', visit: 'guessed' }), status: 410 },
  'selfUpdate.askForget': { input: () => ({ token: 'guessed', visit: 'guessed' }), status: 410 },
  'selfUpdate.endOwnLink': { input: () => ({ token: 'guessed' }), status: 410 },
  'selfUpdate.enter': { input: () => ({ token: 'guessed', code: '000000' }), status: 410 },
  'compliance.openAnswer': { input: () => ({ token: 'guessed' }), status: 410 },
  'selfUpdate.openLink': { input: () => ({ token: 'guessed' }), status: 410 },
  'selfUpdate.sendCode': { input: () => ({ token: 'guessed' }), status: 410 },
  'sso.findWays': { input: () => ({ email: 'x@p.example' }), status: 200 },
  'sso.startCompanySignIn': { input: ({ bookId }) => ({ providerId: bookId }), status: 404 },
};

const contractOf = (name: string) => contracts.find((one) => one.name === name)!;
/** A client id is what a service calls the company. */
const takesIds = ({ input }: Contract) =>
  Object.keys(input.shape).some((key) => /^(?!clientId$)(.*Ids?|ids|pairs?)$/.test(key));

async function send(by: Client, contract: Contract, input: object, headers: Record<string, string> = {}) {
  const rest: Record<string, unknown> = { ...input };
  let path = contract.path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = encodeURIComponent(String(rest[name]));
    delete rest[name];
    return value;
  });
  const inUrl = contract.method === 'GET' || contract.method === 'DELETE';
  if (inUrl) path += `?${new URLSearchParams(rest as Record<string, string>)}`;
  const init = inUrl ? {} : { body: JSON.stringify(rest), headers: { 'content-type': 'application/json', ...headers } };
  const answer = await by.fetch(path, { method: contract.method, ...init });
  return { status: answer.status, text: await answer.text() };
}

const card = (member: Member, name: string, email: string, bookId: string) =>
  addContact(member, { name, email, phone: '+33 6 55 44 33 22', organization: 'Xanthe SA', bookId });
const bookOf = async (member: Member, name: string) => (await member.call(delegation.createBook, { name })).id;
const fcm = () => `https://fcm.googleapis.com/fcm/send/${randomBytes(8).toString('hex')}`;
const pushKeys = () => ({
  p256dh: createECDH('prime256v1').generateKeys('base64url'),
  auth: randomBytes(16).toString('base64url'),
});

/** With whom Vera exchanges mail, and what is proposed of it. */
async function fillMailbox(): Promise<void> {
  const box = await openTestMailbox(app, vera, 'vera@zephyr.example');
  const text = 'Hello Vera,\n\nSee below.\n\nBest regards,\n\n-- \nZephyrina Quimper\nXanthe SA\nHead of sales';
  await box.receive(
    [1, 2, 3].map(() => mail({ from: 'Zephyrina Quimper <zq@quimper.example>', to: 'vera@zephyr.example', text })),
  );
  const meeting = event('zq', -3, [`=${vera.me.email}`, 'zq@quimper.example']);
  await vera.call(correspondents.readCalendarFile, { text: calendarOf(meeting) });
  of.calendarId = (await vera.call(correspondents.listCalendars, {})).items[0]!.id;
  of.correspondentId = (await vera.call(correspondents.listCorrespondents, {})).items[0]!.id;
  of.proposalId = (await vera.call(correspondents.listProposals, {})).items[0]!.id;
}

/** Vera's contacts, and what hangs on them. */
async function fillBooks(): Promise<void> {
  of.bookId = await bookOf(vera, 'Zephyr friends');
  of.emptyId = await bookOf(vera, 'Zephyr nobody');
  of.sharedId = await bookOf(vera, 'Zephyr clients');
  of.personId = await card(vera, 'Zephyrine Xanthe', 'zephyrine@xanthe.example', of.bookId);
  of.twinId = await card(vera, 'Zephyrine Xanthe', 'zephyrine@xanthe.example', of.bookId);
  of.archivedId = await card(vera, 'Zephyrin Archive', 'old@xanthe.example', of.bookId);
  of.removedId = await card(vera, 'Zephyrin Gone', 'gone@xanthe.example', of.bookId);
  of.lentId = await card(vera, 'Zephyra Lent', 'lent@xanthe.example', of.sharedId);
  await vera.call(cards.archiveCards, { cardIds: [of.archivedId] });
  await vera.call(cards.removeCard, { cardId: of.removedId });
  const { note } = await vera.call(cards.addNote, { personId: of.personId, text: 'Zephyr note' });
  of.noteId = note!.id;
  await fillTies();
  await fillGroups();
  of.viewId = (await vera.call(cards.saveView, { name: 'Zephyr view', filter: { q: 'zephyr', sort: 'name' } })).id;
  const { values } = await vera.call(cards.getPerson, { personId: of.personId });
  of.pointId = values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
  const asked = { personId: of.personId, contactPointId: of.pointId, locale: 'en' as const };
  of.linkId = (await vera.call(selfUpdate.sendLink, asked)).link!.id;
  of.forgetId = of.linkId;
  await app.query(
    `insert into self_update.forget (workspace_id, forget_id, link_id, member_id, card_id, task_id, due_at)
     values ($1, $2, $2, $3, $4, $2, now())`,
    [vera.me.workspace.id, of.linkId, vera.me.memberId, of.personId],
  );
  const wish = { kind: 'access', email: 'zephyrine@xanthe.example', receivedOn: '2026-01-05', locale: 'en' } as const;
  of.privacyId = (await alice.call(compliance.recordRequest, wish)).id;
  of.askedId = (await vera.call(compliance.listAsked, {})).items[0]!.id;
  of.mapId = (await vera.call(maps.createMap, { organizationId: of.personId, name: 'Zephyr map' })).id;
  const vacant = { title: 'Zephyr post', chiefId: null, shared: false };
  of.vacancyId = (await vera.call(maps.addVacancy, { organizationId: of.personId, ...vacant })).id;
  of.pair = pairOf(of.personId, of.twinId);
  const made = await vera.call(matching.decide, { pairs: [of.pair], same: true });
  of.verdictId = made.items[0]!.id;
  await fillOpportunities();
  const grantee = { kind: 'member' as const, memberId: carl.me.memberId };
  const terms = { bookId: of.sharedId, grantee, acts: ['read' as const, 'enrich' as const] };
  of.grantId = (await vera.call(delegation.createGrant, terms)).id;
}

/** What she may sell to whom, for her eyes alone. */
async function fillOpportunities(): Promise<void> {
  const write = (name: string) => vera.call(opportunities.createOpportunity, { name, organizationName: 'Xanthe SA' });
  const [deal, gone] = [await write('Zephyr deal'), await write('Zephyr gone')];
  Object.assign(of, { opportunityId: deal.id, goneId: gone.id, stageId: deal.stageId });
  await vera.call(opportunities.setParticipant, { opportunityId: deal.id, personId: of.personId!, roles: ['buyer'] });
  await vera.call(opportunities.removeOpportunity, { opportunityId: gone.id });
  const content = Buffer.from('Deal name,Company\nZephyr import,Xanthe SA').toString('base64');
  of.dealsId = (await vera.call(opportunities.runImport, { fileName: 'zephyr.csv', content })).id;
}

/** What ties two whom she knows, said for herself. */
async function fillTies(): Promise<void> {
  of.otherId = await addContact(vera, { name: 'Zephyr Other' });
  const said = { personId: of.personId!, otherId: of.otherId, kind: 'knows' as const, shared: false };
  of.tieId = (await vera.call(paths.declareTie, said)).id;
}

/** Whom she puts together for herself. */
async function fillGroups(): Promise<void> {
  const make = async (name: string) => (await vera.call(relations.createGroup, { name, kind: 'alumni' })).id;
  [of.groupId, of.removedGroupId] = [await make('Zephyr circle'), await make('Zephyr past')];
  await vera.call(relations.removeGroup, { groupId: of.removedGroupId });
  const put = { groupId: of.groupId, personIds: [of.personId!] };
  of.batchId = (await vera.call(relations.addToGroup, put)).batchId;
  const [one] = (await vera.call(relations.listGroupPeople, { groupId: of.groupId })).items;
  of.membershipId = one!.memberships[0]!.id;
}

/** What a colleague did with the book she lends, and what she said to it. */
async function useLent(): Promise<void> {
  for (const value of ['Captain', 'Admiral']) {
    await carl.call(cards.updatePerson, { personId: of.lentId!, set: [{ kind: 'title', value: { value } }] });
    const [offer] = (await vera.call(cards.listOffers, {})).items;
    if (value === 'Captain') await vera.call(cards.acceptOffer, { offerId: offer!.id, replaces: null, always: false });
    of[value === 'Captain' ? 'acceptedId' : 'offerId'] = offer!.id;
  }
  of.happeningId = (await vera.call(home.listHappenings, {})).items[0]!.id;
  of.replyId = (await vera.call(home.replyToHappening, { happeningId: of.happeningId, text: 'Zephyr reply' })).id;
  const found = await bookOf(carl, 'Quimper book');
  of.soughtId = await card(carl, 'Zoe Quimper', 'zoe@quimper.example', found);
  await carl.call(delegation.createGrant, {
    bookId: found,
    grantee: { kind: 'member', memberId: vera.me.memberId },
    acts: ['discover'],
  });
  await app.settle();
  const wish = { sought: 'quimper', purpose: 'advice' as const, message: 'Zephyr request' };
  of.requestId = (await vera.call(introductions.askForIntroduction, wish)).id;
  await app.settle();
  of.askId = (await carl.call(introductions.listAsks, {})).items[0]!.id;
  of.noticeId = (await carl.call(notices.listNotices, {})).items[0]!.id;
  of.taskId = (await vera.call(tasks.createTask, { title: 'Zephyr task', note: 'xanthe' })).id;
  of.messageId = (
    await vera.call(outreach.writeToContact, { personId: of.personId!, contactPointId: of.pointId!, ...letter })
  ).messageId!;
  const csv = 'First Name,Last Name,E-mail\nZephyrin,Imported,imported@xanthe.example\n';
  of.doneId = (await importFile(app, vera, 'zephyr.csv', csv)).id;
  of.importedId = (await vera.call(cards.listPeople, { q: 'imported' })).items[0]!.id;
  of.sourceId = (await vera.call(sources.listSources, {})).items[0]!.id;
  of.importId = (await upload(app, vera, 'zephyr2.csv', csv.replace('Imported', 'Waiting'))).id;
}

/** A customer writes on a channel that she alone tends. */
async function fillConversations(): Promise<void> {
  const chat = await addChat(alice, [{ kind: 'member', id: vera.me.memberId }], 'Front desk');
  Object.assign(of, { channelId: chat.id, companyId: alice.me.workspace.id });
  const said = incoming({ text: 'Zephyr asks Xanthe', from: 'zephyrine@xanthe.example' });
  const { messages } = await bring(app, alice, chat.id, said);
  of.conversationId = messages[0]!.conversationId;
  of.topicId = newId();
  const topic = { topicId: of.topicId, parentId: null, name: { fr: 'Sujet', en: 'Topic' }, words: [] };
  await alice.call(voices.saveTopic, topic);
  of.saidId = messages[0]!.messageId;
  await fillFacts();
  const users = await alice.call(community.addCommunity, { ...aCommunity, slug: 'users', moderatorTeamId: null });
  Object.assign(of, { communityId: users.id, spaceId: users.spaces[0]!.id, postId: newId() });
  of.accessId = (
    await vera.call(bi.createAccess, { name: 'Reports', granteeKind: 'member', granteeId: vera.me.memberId })
  ).access.id;
  const hook = { url: 'https://tool.example/', event: 'person.changed' as const };
  of.endpointId = (await vera.call(distribution.subscribe, hook)).id;
  of.systemId = (await alice.call(systems.addSystem, aSystem)).id;
  of.lotId = (await alice.call(adoption.addLot, { ...aLot, teamIds: [of.teamId!] })).id;
  await alice.call(adoption.addLesson, { lotId: of.lotId, text: 'Begin early' });
  of.lessonId = (await alice.call(adoption.getPlan, {})).lots[0]!.lessons[0]!.id;
  of.segmentId = (
    await vera.call(segments.addSegment, { name: 'Zephyr segment', kind: 'list', audience: { kind: 'mine' } })
  ).id;
  of.destinationId = newId();
  await app.query(
    `insert into destinations.destination (workspace_id, destination_id, name, kind, settings, secret, grantee_kind, grantee_id, segment_id, fields,
       every_minutes, state, created_by)
     values ($1, $2, 'Zephyr tool', 'http', '{}', '', 'member', $3, $4, '{name}', 60, 'paused', $3)`,
    [alice.me.workspace.id, of.destinationId, alice.me.memberId, of.segmentId],
  );
  const score = { kind: 'score' as const, rules: [{ points: 1, filter: 'everyone' }] };
  of.measureId = (await alice.call(segments.addMeasure, { key: 'rating', name: 'Rating', definition: score })).id;
  const attribute = await addAttribute(alice, 'season');
  const mechanism = await planQuestion(alice, attribute, 'When?');
  const { itemId, touchpointId } = mechanism;
  Object.assign(of, { attributeId: attribute.id, mechanismId: mechanism.id, itemId, touchpointId });
  Object.assign(of, await aPlan(alice));
  Object.assign(of, { huntId: newId(), approachId: newId() });
  await app.query(
    `insert into hunting.hunt (workspace_id, hunt_id, campaign_id, opened_by, language, subject, letter, ends_on, pace)
     values ($1, $2, $3, $4, 'en', 'Zephyr', 'Zephyr', current_date + 9, 5)`,
    [alice.me.workspace.id, of.huntId, of.campaignId, alice.me.memberId],
  );
  await app.query(
    `insert into hunting.approach (workspace_id, hunt_id, approach_id, holder_id, card_id, contributed) values ($1, $2, $3, $4, $5, true)`,
    [alice.me.workspace.id, of.huntId, of.approachId, vera.me.memberId, of.personId],
  );
  of.scenarioId = await planned(alice);
  of.runId = (await vera.call(cleaning.startRun, { rule: 'postal' })).id;
  of.eventId = (await vera.call(events.addEvent, { ...anEvent(), audience: { kind: 'mine' } })).id;
  const listed = { eventId: of.eventId, personId: of.personId!, locale: 'en' as const };
  of.guestId = (await vera.call(events.addGuest, listed)).guestId;
  of.surveyId = (await vera.call(surveys.addSurvey, aSurvey({ name: 'Zephyr survey' }))).id;
  of.contentId = (await vera.call(content.addContent, { name: 'Zephyr content', ready: 'welcome' })).id;
  of.partId = (await vera.call(content.addPart, { name: 'Zephyr part', said: {} })).id;
  const saved = { name: 'Zephyr', texts: { en: 'Zephyr thanks you' }, audience: { kind: 'mine' as const } };
  of.savedId = (await vera.call(conversations.saveReply, saved)).id;
  const octets = { 'content-type': 'application/octet-stream' };
  const body = 'author,rating,text,date\nZephyr,5,Good,2026-01-01';
  const file = { method: 'POST', headers: octets, body };
  const picture = { method: 'POST', headers: octets, body: Buffer.from(dot, 'base64') };
  of.imageId = (await vera.json<{ id: string }>('/content-images?name=Library', picture)).id;
  of.broughtId = (await alice.json<{ id: string }>('/conversation-imports?kind=reviews&fileName=z.csv', file)).id;
}

/** What happened to her contacts, as a program tells it; both companies have their kinds of fact. */
async function fillFacts(): Promise<void> {
  await eve.call(facts.listKinds, {});
  of.factKindId = (await alice.call(facts.listKinds, {})).items[0]!.id;
  const setUp = { kind: 'hook' as const, name: 'Till', settings: {} };
  of.factSourceId = (await alice.call(factSources.addSource, setUp)).source.id;
  const database = { name: 'Old till', settings: factDatabase, password: 'quimper' };
  of.factDatabaseId = (await alice.call(factDatabases.addDatabase, database)).id;
  const order = { externalId: '1', kind: 'order', at: '2026-01-01T00:00:00Z', email: 'zephyrine@xanthe.example' };
  await alice.call(facts.recordFacts, { facts: [{ ...order, props: { product: 'Zephyr' } }] });
  of.toldId = (await app.query<{ id: string }>('select fact_id as id from facts.fact'))[0]!.id;
  const file = {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'id,date,email\n1,2026-01-01,z@x.example',
  };
  of.factFileId = (await alice.json<{ id: string }>('/fact-imports?fileName=z.csv', file)).id;
}

/** What is to be decided about what she hears, and the tracker it goes to. */
async function fillDecisions(): Promise<void> {
  Object.assign(of, { caseId: newId(), riseId: newId() });
  await app.query(
    `insert into decisions.case (workspace_id, case_id, topic_id, threshold, since) values ($1, $2, $3, $4, now() - interval '1 day')`,
    [alice.me.workspace.id, of.caseId, of.topicId, JSON.stringify(usualThreshold)],
  );
  await app.query(
    `insert into decisions.evidence (workspace_id, case_id, voice_id, origin, conversation_id, channel_no, contact_point_id, said_at, tone)
     select m.workspace_id, $1, m.message_id, 'message', m.conversation_id, m.channel_no, c.contact_point_id, m.sent_at, 'negative'
     from conversations.message m join conversations.conversation c using (workspace_id, conversation_id) where m.message_id = $2`,
    [of.caseId, of.saidId],
  );
  await app.query(
    `insert into voices.rise (workspace_id, rise_id, day, topic_id, channel_no, count, expected)
     select workspace_id, $1, current_date, $2, channel_no, 9, 1 from conversations.channel where channel_id = $3`,
    [of.riseId, of.topicId, of.channelId],
  );
  const settings = { repository: 'acme/issues' };
  const secret = { token: 'zephyr', signing: 'zephyr zephyr zephyr' };
  of.trackerId = (await alice.call(trackers.addTracker, { kind: 'github', name: 'Issues', settings, secret })).id;
}

/** Her account and apps, and what the company has. */
async function fillCompany(): Promise<void> {
  of.apiKeyId = (await vera.call(identity.createApiKey, { name: 'Zephyr key', scopes: ['contacts:read'] })).apiKey.id;
  const own = {
    name: 'Zephyr key',
    scopes: ['contacts:read' as const],
    bookIds: [of.bookId!],
    acts: ['read' as const],
  };
  of.keyAppId = (await vera.call(apps.createKey, own)).apiKey.appId!;
  of.sessionId = (await vera.call(identity.listSessions, {})).items[0]!.id;
  of.deviceId = (await vera.call(notices.addDevice, { endpoint: fcm(), keys: pushKeys() })).id;
  of.phoneId = (await vera.call(dav.addDevice, { name: 'Zephyr phone' })).device.id;
  of.passkeyId = '0193ffff-0000-7000-8000-0000000000aa';
  await app.query(
    `insert into auth.passkey (id, name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", "createdAt")
     select $1, 'Zephyr passkey', 'x', m.account_id::uuid, 'x', 0, 'singleDevice', false, now() from identity.member m where m.member_id = $2`,
    [of.passkeyId, vera.me.memberId],
  );
  of.connectionId = '0193ffff-0000-7000-8000-0000000000bb';
  await app.query(
    `insert into connectors.connection (workspace_id, connection_id, member_id, source_id, book_id, kind, settings, secret, place, place_name,
       two_way, state, deals_audience, deals_currency) select workspace_id, $1, holder_id, $2, book_id, 'address_book', '{}', '\\x', 'zephyr',
       'Zephyr', false, 'paused', holder_id, 'EUR'
     from delegation.book where book_id = $3`,
    [of.connectionId, of.sourceId, of.bookId],
  );
  of.mailboxId = '0193ffff-0000-7000-8000-0000000000cc';
  await app.query(
    `insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, owner_id, settings, secret, state, created_by)
     select workspace_id, $1, conversations.next_channel_no(workspace_id), 'mail', 'Zephyr mailbox', member_id, '{}', null, 'paused', member_id
     from identity.member where member_id = $2`,
    [of.mailboxId, vera.me.memberId],
  );
  const program = await register(alice, { name: 'Mailing tool', scopes: ['contacts:read', 'facts:write'] });
  of.clientId = program.clientId;
  const { client } = await authorise(app, vera, program, { bookIds: [of.sharedId!], acts: ['read'] });
  of.appId = (await vera.call(apps.listApps, {})).items.find(({ kind }) => kind === 'oauth')!.id;
  const fact = {
    externalId: 'f',
    cardId: of.lentId!,
    kind: 'note' as const,
    at: '2026-11-20T10:00:00Z',
    title: 'Zephyr',
  };
  await client.call(apps.reportFacts, { facts: [fact] });
  of.factId = (await vera.call(apps.listFacts, { personId: of.lentId! })).items[0]!.id;
  of.teamId = (await alice.call(identity.createTeam, { name: 'Team', memberIds: [vera.me.memberId] })).id;
  const day = { goal: 'Zephyr', on: '2100-01-01', teamIds: [of.teamId] };
  of.dayId = (await alice.call(leadDays.planDay, day)).id;
  of.processId = (await alice.call(identity.createProcess, { name: 'Use', purpose: 'Use', memberIds: [] })).id;
  of.invitationId = (await alice.call(identity.createInvitation, {})).invitation.id;
  const leo = await app.invite(alice, 'Leo Gone');
  of.departureId = (await alice.call(leaving.openDeparture, { memberId: leo.me.memberId })).id;
  of.tokenId = (await alice.call(scim.createDirectoryToken, { name: 'Directory' })).directoryToken.id;
  const saml = { ...provider, role: 'member' as const, metadata: samlMetadata };
  of.providerId = (await alice.call(sso.addSamlProvider, saml)).id;
}

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  const join = (name: string, role: Role = 'member') => app.invite(alice, name, { role });
  [vera, carl, mallory] = [await join('Vera Holder'), await join('Carl Colleague'), await join('Mallory Plain')];
  [maud, otto] = [await join('Maud Marketer', 'marketing'), await join('Otto Auditor', 'auditor')];
  const elsewhere = await alice.call(identity.createWorkspace, { name: 'Elsewhere' });
  const third = await alice.call(identity.createWorkspace, { name: 'Third' });
  await alice.call(identity.chooseWorkspace, { workspaceId: elsewhere.id });
  eve = await app.invite(alice, 'Eve Elsewhere', { role: 'admin' });
  await alice.call(identity.chooseWorkspace, { workspaceId: alice.me.workspace.id });
  Object.assign(of, { workspaceId: third.id, veraId: vera.me.memberId, carlId: carl.me.memberId });
  await fillBooks();
  await fillMailbox();
  await useLent();
  await fillCompany();
  await fillConversations();
  await fillDecisions();
  const verbs = [...identity.appKeyScope.options];
  const bookIds = [await bookOf(mallory, 'Empty')];
  const { key } = await mallory.call(apps.createKey, { name: 'All', scopes: verbs, bookIds, acts: ['export'] });
  tool = app.client(key);
  await app.settle();
  // What is told half a minute later would change something while strangers are watched.
  await app.query(
    `select graphile_worker.reschedule_jobs(coalesce(array_agg(id), '{}'), run_at => now()) from graphile_worker.jobs
     where run_at between now() and now() + interval '2 minutes'`,
  );
  await app.query(`update kernel.outbox set due_at = created_at where due_at < now() + interval '2 minutes'`);
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

/** Where calls leave a trace whatever they do: the keys of the installation, when a session was used last, attempts at signing in. */
const traces = /^(graphile_worker\.|kernel\.installation|auth\.("?session"?|apikey|"signInAttempt"|verification))/;

/** All rows of all tables, each table as one hash. */
async function everything(): Promise<Record<string, string>> {
  const tables = await app.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' order by 1`,
  );
  const hashes = tables
    .filter(({ name }) => !traces.test(name))
    .map(
      ({ name }) => `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) as hash from ${name} t`,
    );
  const rows = await app.query<{ name: string; hash: string }>(hashes.join(' union all '));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

const admitted: Record<Contract['access'], readonly Role[]> = {
  public: ['member', 'marketing', 'auditor', 'admin'],
  member: ['member', 'marketing', 'auditor', 'admin'],
  marketer: ['marketing', 'admin'],
  overseer: ['auditor', 'admin'],
  admin: ['admin'],
};
const guarded = contracts.filter(({ access }) => access !== 'public');

test('every contract has its operation', async () => {
  const files = globSync('server/*/contract.ts', { cwd: root });
  const declared = await Promise.all(files.map((file) => import(join(root, file)) as Promise<Record<string, unknown>>));
  const isContract = (one: unknown): one is { name: string } =>
    typeof one === 'object' && one !== null && 'method' in one && 'access' in one;
  const promised = declared.flatMap((file) => Object.values(file).filter(isContract)).map(({ name }) => name);
  expect(promised.filter((name) => !contracts.some((one) => one.name === name))).toEqual([]);
});

test('no operation is left out', () => {
  const across = [...askedBeside, ...askedAcross].map(([name]) => name);
  const named = [asked, harmless, reads, open].flatMap(Object.keys).concat(ownWrites, across);
  const missing = contracts.filter((one) => !named.includes(one.name) && (takesIds(one) || one.method !== 'GET'));
  expect(
    missing.map(({ name }) => name),
    'Add a line in this file: `asked` for what takes ids of others (who has no business with it must get 404), `ownWrites` for what is the caller’s own, `harmless`, `reads` or `open` where that is so',
  ).toEqual([]);
  expect(named.filter((name) => !contracts.some((one) => one.name === name))).toEqual([]);
  expect(
    contracts
      .filter((one) => one.access === 'public')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(open).sort());
  expect(ownWrites.filter((name) => takesIds(contractOf(name)))).toEqual([]);
});

test('who is not signed in gets nowhere', async () => {
  const before = await everything();
  for (const contract of guarded) {
    const input = { ...(asked[contract.name] ?? harmless[contract.name]?.input)?.(of) };
    const answer = await send(app.client(), contract, input);
    expect([contract.name, answer.status]).toEqual([contract.name, 401]);
    expect(answer.text).not.toMatch(hers);
  }
  for (const [name, { input, status }] of Object.entries(open)) {
    const answer = await send(app.client(), contractOf(name), input(of));
    expect([name, answer.status]).toEqual([name, status]);
    expect(answer.text).not.toMatch(hers);
  }
  expect(await everything()).toEqual(before);
});

const strangers: [string, Role, () => Client][] = [
  ['an admin of another workspace', 'admin', () => eve],
  ['a member to whom nothing is lent', 'member', () => mallory],
  ['a marketer to whom nothing is lent', 'marketing', () => maud],
  ['an auditor to whom nothing is lent', 'auditor', () => otto],
];
describe.each(strangers)('%s', (_who, role, who) => {
  const here = role !== 'admin';
  const may = ({ access }: Contract) => admitted[access].includes(role);
  const callable = guarded.filter(({ name }) => !here || !roleMay[name]?.includes(role));

  test("finds nothing by others' ids, and does nothing to it", async () => {
    const before = await everything();
    const wrong = [];
    for (const contract of callable.filter(({ name }) => name in asked)) {
      const { status, text } = await send(who(), contract, asked[contract.name]!(of));
      const due = may(contract) && !(here && seenByAll.includes(contract.name)) ? 404 : 403;
      if (status !== due || hers.test(text)) wrong.push([contract.name, status, text]);
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test('reads no word of it in what answers', async () => {
    const before = await everything();
    const wrong = [];
    for (const contract of callable.filter(
      (one) => one.name in harmless || (one.method === 'GET' && !(one.name in asked)),
    )) {
      const { status, text } = await send(
        who(),
        contract,
        harmless[contract.name]?.input(of) ?? reads[contract.name]?.input ?? {},
      );
      const due = may(contract) ? (reads[contract.name]?.status ?? 200) : 403;
      if (status !== due || hers.test(text)) wrong.push([contract.name, status, text]);
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });
});

describe('a key or token', () => {
  const inputOf = ({ name }: Contract) => (asked[name] ?? harmless[name]?.input)?.(of) ?? reads[name]?.input ?? {};

  test("of a member's does nothing that it was not made for", async () => {
    const scopes = identity.apiScope.options;
    const keyWith = async (...some: typeof scopes) =>
      app.client((await alice.call(identity.createApiKey, { name: 'k', scopes: some })).key);
    const without = new Map<Scope | undefined, Client>([[undefined, await keyWith(...scopes)]]);
    for (const scope of scopes) without.set(scope, await keyWith(...scopes.filter((one) => one !== scope)));
    // She is told of each.
    await app.settle();
    const before = await everything();
    const wrong = [];
    for (const contract of guarded) {
      // What apps only may do, no key of a member's can be made for.
      const key = without.get(contract.scope) ?? without.get(undefined)!;
      const { status, text } = await send(key, contract, inputOf(contract));
      if (status !== 403 || hers.test(text)) wrong.push([contract.name, status, text]);
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test("of an app's finds nothing but what is lent to it, and does nothing that is for members", async () => {
    const before = await everything();
    const wrong = [];
    for (const contract of guarded) {
      const { status, text } = await send(tool, contract, inputOf(contract));
      const due = !contract.apps ? [403] : contract.name in asked ? [404] : [200, 400];
      if (!due.includes(status) || hers.test(text)) wrong.push([contract.name, status, text]);
    }
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  });
});

test('something of one’s own opens nothing of others that is named beside it', async () => {
  const ownOf = async (member: Member): Promise<Ids> => {
    const bookId = await bookOf(member, 'Own');
    const personId = await addContact(member, { name: 'Olga Own', email: 'olga@own.example', bookId });
    const { id: importId } = await upload(app, member, 'own.csv', 'First Name,Last Name\nOle,Own\n');
    const { id: opportunityId } = await member.call(opportunities.createOpportunity, { name: 'Own' });
    const { id: mapId } = await member.call(maps.createMap, { organizationId: personId, name: 'Own' });
    const { id: groupId } = await member.call(relations.createGroup, { name: 'Own', kind: 'other' });
    const { id: surveyId } = await member.call(surveys.addSurvey, aSurvey());
    const { id: eventId } = await member.call(events.addEvent, { ...anEvent(), audience: { kind: 'mine' } });
    const { id: segmentId } = await member.call(segments.addSegment, {
      ...{ name: 'Own', kind: 'list', audience: { kind: 'mine' } },
    });
    return { bookId, personId, importId, opportunityId, mapId, groupId, surveyId, eventId, segmentId };
  };
  const [here, there] = [await ownOf(mallory), await ownOf(eve)];
  await app.settle();
  const before = await everything();
  const wrong = [];
  for (const [who, own, table] of [
    [mallory, here, askedBeside],
    [eve, there, [...askedBeside, ...askedAcross]],
  ] as const)
    for (const [name, input] of table) {
      const { status, text } = await send(who, contractOf(name), input(of, own));
      // 502: an issuer is asked before the teams are looked at.
      if (![400, 404, 502].includes(status) || hers.test(text)) wrong.push([name, status, text]);
    }
  expect(wrong).toEqual([]);
  expect(await everything()).toEqual(before);
});

/** Routes that are no operation: where a stranger is refused, with what (signed out, another workspace, nothing lent, an app). */
const ofOperations: Record<string, { path: (id: Ids) => string; due: readonly [number, number, number, number] }> = {
  // An admin elsewhere gets the audit of elsewhere.
  'GET /audit/export': { path: () => '/audit/export', due: [401, 200, 403, 403] },
  'POST /privacy/answers/pdf': { path: () => '/privacy/answers/pdf', due: [400, 400, 400, 400] },
  'GET /cards/:cardId/original': { path: (id) => `/cards/${id.importedId}/original`, due: [401, 404, 404, 404] },
  'GET /chat/:workspaceId/:channelId/files/:fileId': {
    path: (id) => `/chat/${id.companyId}/${id.channelId}/files/${id.bookId}`,
    due: [401, 401, 401, 401],
  },
  'GET /chat/:workspaceId/:channelId/live': {
    path: (id) => `/chat/${id.companyId}/${id.channelId}/live`,
    due: [401, 401, 401, 401],
  },
  'GET /channel-hooks/:workspaceId/:channelId': {
    path: (id) => `/channel-hooks/${id.companyId}/${id.channelId}`,
    due: [404, 404, 404, 404],
  },
  'GET /conversation-files/:fileId': { path: (id) => `/conversation-files/${id.bookId}`, due: [401, 404, 404, 403] },
  'GET /imports/:importId/failures.csv': {
    path: (id) => `/imports/${id.doneId}/failures.csv`,
    due: [401, 404, 404, 403],
  },
  'GET /people/:personId/photo': {
    path: (id) => `/people/${id.personId}/photo?v=${'0'.repeat(64)}`,
    due: [401, 404, 404, 404],
  },
  'GET /people/:personId/vcard': { path: (id) => `/people/${id.personId}/vcard`, due: [401, 404, 404, 404] },
  'GET /people/export': { path: (id) => `/people/export?format=csv&bookId=${id.bookId}`, due: [401, 200, 200, 200] },
  'GET /plan/campaigns/:campaignId/batches/:batchId/file': {
    path: (id) => `/plan/campaigns/${id.campaignId}/batches/${id.bookId}/file`,
    due: [401, 404, 404, 403],
  },
  'GET /plan/campaigns/:campaignId/letter-examples': {
    path: (id) => `/plan/campaigns/${id.campaignId}/letter-examples`,
    // A colleague sees that it is planned, and does not handle it.
    due: [401, 404, 403, 403],
  },
  'GET /segments/:segmentId/export': {
    path: (id) => `/segments/${id.segmentId}/export?format=csv&fields=name`,
    due: [401, 404, 404, 403],
  },
  'POST /business-cards/read': { path: () => '/business-cards/read', due: [401, 422, 422, 403] },
  'POST /channel-hooks/:workspaceId/:channelId': {
    path: (id) => `/channel-hooks/${id.companyId}/${id.channelId}`,
    due: [404, 404, 404, 404],
  },
  'POST /chat/:workspaceId/:channelId/files': {
    path: (id) => `/chat/${id.companyId}/${id.channelId}/files?name=x&messageId=${id.bookId}`,
    due: [401, 401, 401, 401],
  },
  'POST /content-images': { path: () => '/content-images?name=x', due: [401, 422, 422, 403] },
  'POST /conversation-imports': { path: () => '/conversation-imports', due: [401, 400, 403, 403] },
  'PUT /conversation-imports/:importId/files/:role': {
    path: (id) => `/conversation-imports/${id.broughtId}/files/main`,
    due: [401, 404, 403, 403],
  },
  'POST /conversations/:conversationId/files': {
    path: (id) => `/conversations/${id.conversationId}/files?name=x`,
    due: [401, 404, 404, 403],
  },
  'POST /trackers/:workspaceId/:trackerId/hook': {
    path: (id) => `/trackers/${id.companyId}/${id.trackerId}/hook`,
    due: [403, 403, 403, 403],
  },
  'POST /field-notes/:conversationId/recording': {
    path: (id) => `/field-notes/${id.conversationId}/recording?name=x`,
    due: [401, 404, 404, 403],
  },
  'POST /fact-imports': { path: () => '/fact-imports', due: [401, 400, 403, 403] },
  'POST /fact-hooks/:workspaceId/:sourceId': {
    path: (id) => `/fact-hooks/${id.companyId}/${id.factSourceId}`,
    due: [403, 403, 403, 403],
  },
  'POST /imports': { path: () => '/imports', due: [401, 400, 400, 403] },
};
/** What others' standards say of their own paths, with tests of their own: apps, connectors, the window of a chat, dav, sso, scim, unsubscribing, links of mails, the pages of surveys, events and communities, landing pages, images of mails, the tag of sites, assistants. */
const ofStandards =
  /^\w+ (\/\.well-known\/oauth-|\/api\/auth\/oauth2\/|\/api\/v1\/sign-in\/company\/|\/api\/v1\/connection-return$|\/scim\/v2\/|\/dav(\/\*)?$|\/\.well-known\/carddav$|\/chat\/:workspaceId\/:channelId$|\/forms\/|\/$|\/u\/:token(\/tracking)?$|\/[lo]\/:token$|\/s\/:token$|\/e\/:token(\/event\.ics)?$|\/t\/:key$|\/c\/:slug|\/pages\/:slug$|\/i\/:token$|\/mcp$)/;

test('routes that are no operation keep to the same, and none is left out', async () => {
  const found = new Set<string>();
  const probe = Fastify({ exposeHeadRoutes: false });
  probe.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) found.add(`${one} ${url}`);
  });
  for (const routes of modules.routes) routes(probe, app.app);
  await probe.ready();
  const others = [...found].filter((one) => !ofStandards.test(one)).map((one) => one.replace(apiPrefix, ''));
  expect(others.sort()).toEqual(Object.keys(ofOperations).sort());
  const wrong = [];
  for (const [name, { path, due }] of Object.entries(ofOperations))
    for (const [at, who] of [app.client(), eve, mallory, tool].entries()) {
      const answer = await who.fetch(path(of), { method: name.split(' ')[0]! });
      const text = await answer.text();
      if (answer.status !== due[at] || hers.test(text)) wrong.push([name, at, answer.status, text]);
    }
  expect(wrong).toEqual([]);
});

test('forged cursors open nothing and break nothing', async () => {
  const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const at = '2099-01-01T00:00:00.000000Z';
  const [nil, last] = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  const forged = [
    'x',
    forge(),
    forge(nil),
    forge(last),
    forge(at, last),
    forge('\u0000', nil),
    forge("'", "'"),
    forge('0', '1', nil, nil),
  ];
  const wrong = [];
  for (const contract of guarded.filter((one) => 'after' in one.input.shape && one.access !== 'admin'))
    for (const after of forged) {
      const input = { ...(asked[contract.name] ?? harmless[contract.name]?.input)?.(of), after };
      const { status, text } = await send(contract.access === 'member' ? mallory : otto, contract, input);
      if (![200, 400, 403, 404].includes(status) || hers.test(text)) wrong.push([contract.name, after, status, text]);
    }
  expect(wrong).toEqual([]);
});
