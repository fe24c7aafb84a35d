import { adoptionCrons } from './adoption/jobs.ts';
import { adoptionOperations } from './adoption/operations.ts';
import { appsTasks } from './apps/jobs.ts';
import { appsOperations } from './apps/operations.ts';
import { appsRoutes } from './apps/routes.ts';
import { attributesCrons } from './attributes/jobs.ts';
import { attributesOperations } from './attributes/operations.ts';
import { auditCrons, auditTasks } from './audit/jobs.ts';
import { auditOperations } from './audit/operations.ts';
import { auditPaths, auditRoutes } from './audit/routes.ts';
import { biCrons, biTasks } from './bi/jobs.ts';
import { biOperations } from './bi/operations.ts';
import { endAccessesOf } from './bi/taking-back.ts';
import { campaignsCrons, campaignsTasks } from './campaigns/jobs.ts';
import { campaignsOperations } from './campaigns/operations.ts';
import { campaignsRoutes } from './campaigns/routes.ts';
import { cardsCrons, cardsTasks } from './cards/jobs.ts';
import { cardsOperations } from './cards/operations.ts';
import { cardsPaths, cardsRoutes } from './cards/routes.ts';
import { charterOperations } from './charter/operations.ts';
import { cleaningCrons, cleaningTasks } from './cleaning/jobs.ts';
import { cleaningOperations } from './cleaning/operations.ts';
import { collectionCrons, collectionTasks } from './collection/jobs.ts';
import { collectionOperations } from './collection/operations.ts';
import { communityCrons, communityTasks } from './community/jobs.ts';
import { communityOperations } from './community/operations.ts';
import { communityRoutes } from './community/routes.ts';
import { endConnectionsOf } from './connectors/ending.ts';
import { connectorsCrons, connectorsTasks } from './connectors/jobs.ts';
import { ownConnectors } from './connectors/kinds.ts';
import { connectorsOperations } from './connectors/operations.ts';
import { connectorsRoutes } from './connectors/routes.ts';
import { contentCrons } from './content/jobs.ts';
import { contentOperations } from './content/operations.ts';
import { contentPaths, contentRoutes } from './content/routes.ts';
import { writeContents } from './content/writing.ts';
import { channels } from './conversations/channels/kinds.ts';
import { endChannelsOf } from './conversations/channels.ts';
import { channelsOperations } from './conversations/channels-operations.ts';
import { chatOperations } from './conversations/chat-operations.ts';
import { chatPaths, chatRoutes } from './conversations/chat-routes.ts';
import { figuresOperations } from './conversations/figures-operations.ts';
import { importsOperations } from './conversations/imports-operations.ts';
import { conversationsCrons, conversationsTasks } from './conversations/jobs.ts';
import { notesOperations } from './conversations/notes-operations.ts';
import { conversationsOperations } from './conversations/operations.ts';
import { ownMail } from './conversations/own-mail.ts';
import { repliesOperations } from './conversations/replies-operations.ts';
import { carrierBy } from './conversations/roads.ts';
import { conversationsPaths, conversationsRoutes } from './conversations/routes.ts';
import { calendarAtAddress, calendarOnline } from './correspondents/calendars.ts';
import { dropBox } from './correspondents/drop-box.ts';
import { imap } from './correspondents/imap.ts';
import { correspondentsCrons } from './correspondents/jobs.ts';
import { correspondentsOperations } from './correspondents/operations.ts';
import { forgetMailboxesOf } from './correspondents/queries.ts';
import { dashboardsOperations } from './dashboards/operations.ts';
import { dataMapCrons } from './data-map/jobs.ts';
import { dataMapOperations } from './data-map/operations.ts';
import { davOperations } from './dav/operations.ts';
import { endDevicesOf } from './dav/queries.ts';
import { davRoutes } from './dav/routes.ts';
import { decisionsCrons, decisionsTasks } from './decisions/jobs.ts';
import { loopOperations } from './decisions/loop-operations.ts';
import { decisionsOperations } from './decisions/operations.ts';
import { decisionsRoutes } from './decisions/routes.ts';
import { trackersOperations } from './decisions/trackers-operations.ts';
import { delegationOperations } from './delegation/operations.ts';
import { demoTasks } from './demo/jobs.ts';
import { distributionCrons, distributionTasks } from './distribution/jobs.ts';
import { distributionOperations } from './distribution/operations.ts';
import { endEndpointsOf } from './distribution/queries.ts';
import { eventsCrons, eventsTasks } from './events/jobs.ts';
import { eventsOperations } from './events/operations.ts';
import { eventsRoutes } from './events/routes.ts';
import { databasesOperations as factDatabasesOperations } from './facts/databases-operations.ts';
import { importsOperations as factImportsOperations } from './facts/imports-operations.ts';
import { factsCrons, factsTasks } from './facts/jobs.ts';
import { factsOperations } from './facts/operations.ts';
import { factsPaths, factsRoutes } from './facts/routes.ts';
import { sourcesOperations as factSourcesOperations } from './facts/sources-operations.ts';
import { formsCrons, formsTasks } from './forms/jobs.ts';
import { formsOperations } from './forms/operations.ts';
import { formsRoutes } from './forms/routes.ts';
import { homeOperations } from './home/operations.ts';
import { huntingCrons, huntingTasks } from './hunting/jobs.ts';
import { huntingOperations } from './hunting/operations.ts';
import type { Accounts } from './identity/accounts.ts';
import { identityCrons, identityTasks } from './identity/jobs.ts';
import { endAccess } from './identity/members.ts';
import { identityOperations } from './identity/operations.ts';
import { introductionsTasks } from './introductions/jobs.ts';
import { introductionsOperations } from './introductions/operations.ts';
import type { Operation, Routes } from './kernel/http.ts';
import type { Cron, Task } from './kernel/jobs.ts';
import type { ApiPaths } from './kernel/openapi.ts';
import { kernelCrons } from './kernel/retention.ts';
import { leadDaysCrons } from './lead-days/jobs.ts';
import { leadDaysOperations } from './lead-days/operations.ts';
import { leavingTasks } from './leaving/jobs.ts';
import { leavingOperations } from './leaving/operations.ts';
import { lettersCrons, lettersTasks } from './letters/jobs.ts';
import { lettersOperations } from './letters/operations.ts';
import { lettersRoutes } from './letters/routes.ts';
import { mapsOperations } from './maps/operations.ts';
import { matchingCrons, matchingTasks } from './matching/jobs.ts';
import { matchingOperations } from './matching/operations.ts';
import { mcpCrons } from './mcp/jobs.ts';
import { mcpRoutes } from './mcp/routes.ts';
import { noticesCrons, noticesTasks } from './notices/jobs.ts';
import { noticesOperations } from './notices/operations.ts';
import { opportunitiesCrons, opportunitiesTasks } from './opportunities/jobs.ts';
import { opportunitiesOperations } from './opportunities/operations.ts';
import { outreachCrons, outreachTasks } from './outreach/jobs.ts';
import { outreachOperations } from './outreach/operations.ts';
import { outreachRoutes } from './outreach/routes.ts';
import { pagesOperations } from './pages/operations.ts';
import { pagesRoutes } from './pages/routes.ts';
import { planCrons, planTasks } from './plan/jobs.ts';
import { journeysOperations } from './plan/journeys-operations.ts';
import { planOperations } from './plan/operations.ts';
import { groupsCrons } from './relations/groups-jobs.ts';
import { groupsOperations } from './relations/groups-operations.ts';
import { relationsCrons, relationsTasks } from './relations/jobs.ts';
import { nearOperations } from './relations/near-operations.ts';
import { relationsOperations } from './relations/operations.ts';
import { pathsOperations } from './relations/paths-operations.ts';
import { forgetTiesOf } from './relations/weighing.ts';
import { scenariosCrons, scenariosTasks } from './scenarios/jobs.ts';
import { scenariosOperations } from './scenarios/operations.ts';
import { scimOperations } from './scim/operations.ts';
import { scimRoutes } from './scim/routes.ts';
import { segmentsCrons, segmentsTasks } from './segments/jobs.ts';
import { measuresOperations } from './segments/measures-operations.ts';
import { endSegmentsOf } from './segments/members.ts';
import { segmentsOperations } from './segments/operations.ts';
import { segmentsPaths, segmentsRoutes } from './segments/routes.ts';
import { selfUpdateTasks } from './self-update/jobs.ts';
import { selfUpdateOperations } from './self-update/operations.ts';
import { sourcesCrons, sourcesTasks } from './sources/jobs.ts';
import { sourcesOperations } from './sources/operations.ts';
import { sourcesPaths, sourcesRoutes } from './sources/routes.ts';
import { ssoCrons } from './sso/jobs.ts';
import { ssoOperations } from './sso/operations.ts';
import { ssoRoutes } from './sso/routes.ts';
import { surveysTasks } from './surveys/jobs.ts';
import { surveysOperations } from './surveys/operations.ts';
import { surveysRoutes } from './surveys/routes.ts';
import { tasksTasks } from './tasks/jobs.ts';
import { tasksOperations } from './tasks/operations.ts';
import { voicesCrons, voicesTasks } from './voices/jobs.ts';
import { modelTasks } from './voices/model/jobs.ts';
import { modelOperations } from './voices/model/operations.ts';
import { voicesOperations } from './voices/operations.ts';
import { weighingOperations } from './voices/weighing-operations.ts';

/** All kinds of service that can be connected. */
const connectors = [...ownConnectors, imap, dropBox, calendarOnline, calendarAtAddress];

/** The table of contents: what each module brings. */
export interface Modules {
  operations: Operation[];
  routes: Routes[];
  /** What `routes` answer, in the words of OpenAPI. */
  paths: ApiPaths;
  tasks: Task[];
  crons: Cron[];
}

export function allModules(accounts: Accounts): Modules {
  const operations: Operation[] = [
    ...identityOperations(accounts),
    ...charterOperations,
    ...leavingOperations,
    ...delegationOperations,
    ...cardsOperations,
    ...appsOperations(accounts),
    ...homeOperations,
    ...auditOperations,
    ...introductionsOperations,
    ...noticesOperations,
    ...tasksOperations,
    ...matchingOperations,
    ...outreachOperations(ownMail),
    ...segmentsOperations,
    ...measuresOperations,
    ...selfUpdateOperations,
    ...leadDaysOperations,
    ...relationsOperations,
    ...pathsOperations,
    ...nearOperations,
    ...opportunitiesOperations,
    ...mapsOperations,
    ...groupsOperations,
    ...dataMapOperations,
    ...sourcesOperations,
    ...connectorsOperations(connectors),
    ...ssoOperations(accounts),
    ...scimOperations,
    ...davOperations,
    ...correspondentsOperations,
    ...conversationsOperations(channels),
    ...chatOperations,
    ...notesOperations,
    ...importsOperations,
    ...repliesOperations,
    ...figuresOperations,
    ...channelsOperations(channels),
    ...voicesOperations,
    ...modelOperations,
    ...weighingOperations,
    ...decisionsOperations,
    ...trackersOperations,
    ...loopOperations(channels),
    ...surveysOperations,
    ...pagesOperations,
    ...eventsOperations,
    ...huntingOperations,
    ...communityOperations,
    ...contentOperations,
    ...biOperations,
    ...distributionOperations,
    ...dashboardsOperations,
    ...adoptionOperations,
    ...attributesOperations,
    ...collectionOperations,
    ...cleaningOperations,
    ...formsOperations,
    ...planOperations,
    ...journeysOperations,
    ...campaignsOperations,
    ...lettersOperations,
    ...scenariosOperations,
    ...factsOperations,
    ...factDatabasesOperations,
    ...factSourcesOperations,
    ...factImportsOperations,
  ];
  return {
    operations,
    routes: [
      appsRoutes(accounts),
      cardsRoutes,
      auditRoutes,
      segmentsRoutes,
      outreachRoutes,
      sourcesRoutes,
      connectorsRoutes(connectors),
      ssoRoutes(accounts),
      scimRoutes(accounts),
      davRoutes,
      conversationsRoutes(channels),
      chatRoutes,
      decisionsRoutes,
      formsRoutes,
      surveysRoutes,
      pagesRoutes,
      eventsRoutes,
      communityRoutes,
      contentRoutes,
      campaignsRoutes,
      lettersRoutes,
      factsRoutes,
      mcpRoutes(operations),
    ],
    paths: {
      ...cardsPaths,
      ...auditPaths,
      ...contentPaths,
      ...sourcesPaths,
      ...conversationsPaths,
      ...chatPaths,
      ...factsPaths,
      ...segmentsPaths,
    },
    tasks: [
      ...identityTasks,
      ...appsTasks(accounts),
      ...conversationsTasks(channels),
      ...cardsTasks,
      ...auditTasks,
      ...cleaningTasks,
      ...collectionTasks,
      ...communityTasks,
      ...decisionsTasks,
      ...demoTasks,
      ...factsTasks,
      ...formsTasks,
      ...introductionsTasks,
      ...matchingTasks,
      ...noticesTasks,
      ...opportunitiesTasks,
      ...outreachTasks({ writeContents, ownMail, carrier: carrierBy(channels) }),
      ...planTasks,
      ...relationsTasks,
      ...scenariosTasks,
      ...segmentsTasks,
      ...selfUpdateTasks,
      ...tasksTasks,
      ...voicesTasks,
      ...surveysTasks,
      ...eventsTasks,
      ...huntingTasks,
      ...modelTasks,
      ...biTasks,
      ...campaignsTasks,
      ...lettersTasks(writeContents),
      ...distributionTasks,
      ...sourcesTasks,
      ...connectorsTasks(connectors),
      ...leavingTasks(async (app, workspaceId, accountId) => {
        await endAccess(accounts, app, workspaceId, accountId);
        await app.db.asSystem('keeper', async (tx) => {
          await endDevicesOf(tx, workspaceId, accountId);
          await forgetMailboxesOf(tx, workspaceId, accountId);
          await forgetTiesOf(tx, workspaceId, accountId);
          await endChannelsOf(tx, workspaceId, accountId);
          await endSegmentsOf(tx, workspaceId, accountId);
          await endEndpointsOf(tx, workspaceId, accountId);
        });
        await endConnectionsOf(app, connectors, workspaceId, accountId);
        await endAccessesOf(app, workspaceId, accountId);
      }),
    ],
    crons: [
      ...kernelCrons,
      ...identityCrons,
      ...attributesCrons,
      ...collectionCrons,
      ...cleaningCrons,
      ...cardsCrons,
      ...auditCrons,
      ...communityCrons,
      ...contentCrons,
      ...conversationsCrons,
      ...correspondentsCrons,
      ...factsCrons,
      ...eventsCrons,
      ...huntingCrons,
      ...formsCrons,
      ...groupsCrons,
      ...leadDaysCrons,
      ...matchingCrons,
      ...mcpCrons,
      ...noticesCrons,
      ...opportunitiesCrons,
      ...outreachCrons,
      ...planCrons,
      ...relationsCrons,
      ...scenariosCrons,
      ...segmentsCrons,
      ...sourcesCrons,
      ...connectorsCrons(connectors),
      ...ssoCrons,
      ...voicesCrons,
      ...decisionsCrons,
      ...biCrons,
      ...distributionCrons,
      ...campaignsCrons,
      ...lettersCrons,
      ...dataMapCrons,
      ...adoptionCrons,
    ],
  };
}
