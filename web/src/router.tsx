import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { type Refusal, refusal } from '../../server/sso/contract.ts';
import { query } from './api.ts';
import { meQuery, onSessionEnd, queryClient } from './queries.ts';
import { returnSearch } from './screens/connections/search.ts';
import { listSearch } from './screens/contacts/search.ts';
import { inboxSearch } from './screens/conversations/search.ts';
import { boardSearch, isBoard } from './screens/dashboards/search.ts';
import { opportunitySearch } from './screens/opportunities/search.ts';
import { calendarSearch, planSearch } from './screens/plan/search.ts';
import { archiveSearch, groupSearch, huntSearch } from './screens/quality/search.ts';
import { taskSearch } from './screens/tasks/search.ts';
import { voicesSearch, weightSearch } from './screens/voices/search.ts';
import { requireMember } from './session.ts';
import { Failure, NotFound } from './shell/Failure.tsx';
import { Outline } from './shell/Outline.tsx';
import { Shell } from './shell/Shell.tsx';
import { LoadingPage } from './ui/Loading.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { back?: string; refused?: Refusal } => ({
    ...backIn(search),
    ...refusedIn(search),
  }),
  component: lazyRouteComponent(() => import('./screens/identity/SignIn.tsx'), 'SignIn'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./screens/identity/SetUp.tsx'), 'SetUp'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./screens/identity/Reset.tsx'), 'Reset'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./screens/identity/Join.tsx'), 'Join'),
});
const answerLink = createRoute({
  getParentRoute: () => root,
  path: '/answer',
  component: lazyRouteComponent(() => import('./screens/introductions/AnswerLink.tsx'), 'AnswerLink'),
});
const myDetails = createRoute({
  getParentRoute: () => root,
  path: '/my-details',
  component: lazyRouteComponent(() => import('./screens/own-word/MyDetails.tsx'), 'MyDetails'),
});
const privacyAnswer = createRoute({
  getParentRoute: () => root,
  path: '/privacy-answer',
  component: lazyRouteComponent(() => import('./screens/privacy/Answer.tsx'), 'Answer'),
});
const stopDigest = createRoute({
  getParentRoute: () => root,
  path: '/digest',
  component: lazyRouteComponent(() => import('./screens/notices/StopDigest.tsx'), 'StopDigest'),
});

const authorise = createRoute({
  getParentRoute: () => root,
  path: '/authorise',
  validateSearch: (search: Record<string, unknown>): { ask?: string; request?: string } => ({
    ...(typeof search.ask === 'string' ? { ask: search.ask } : {}),
    ...(typeof search.request === 'string' ? { request: search.request } : {}),
  }),
  beforeLoad: ({ location }) => requireMember(location.href),
  component: lazyRouteComponent(() => import('./screens/apps/Authorise.tsx'), 'Authorise'),
  errorComponent: Failure,
});
const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed/person',
  component: lazyRouteComponent(() => import('./screens/apps/Embed.tsx'), 'Embed'),
});

const members = createRoute({
  getParentRoute: () => root,
  id: 'members',
  pendingMs: 0,
  pendingComponent: Outline,
  beforeLoad: ({ location }) => requireMember(location.href),
  component: Shell,
  errorComponent: Failure,
});
const home = createRoute({
  getParentRoute: () => members,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/people', replace: true });
  },
});
const homePage = createRoute({
  getParentRoute: () => members,
  path: '/home',
  component: lazyRouteComponent(() => import('./screens/home/Home.tsx'), 'Home'),
});
const lending = createRoute({
  getParentRoute: () => members,
  path: '/delegations',
  component: lazyRouteComponent(() => import('./screens/lending/Lending.tsx'), 'Lending'),
});
const lendingMine = createRoute({
  getParentRoute: () => lending,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/lending/Mine.tsx'), 'Mine'),
});
const lendingToMe = createRoute({
  getParentRoute: () => lending,
  path: '/to-me',
  component: lazyRouteComponent(() => import('./screens/lending/Others.tsx'), 'ToMe'),
});
const lendingEnded = createRoute({
  getParentRoute: () => lending,
  path: '/ended',
  component: lazyRouteComponent(() => import('./screens/lending/Others.tsx'), 'Ended'),
});
const charterDue = createRoute({
  getParentRoute: () => root,
  path: '/charter',
  validateSearch: (search: Record<string, unknown>): { back?: string } => backIn(search),
  // Members come here before anything else is open to them, so that it stands outside of the shell.
  beforeLoad: ({ location }) => requireMember(location.href, false),
  component: lazyRouteComponent(() => import('./screens/charter/Due.tsx'), 'Due'),
});
const myDeparture = createRoute({
  getParentRoute: () => members,
  path: '/leaving',
  component: lazyRouteComponent(() => import('./screens/leaving/MyDeparture.tsx'), 'MyDeparture'),
});
const lendingUses = createRoute({
  getParentRoute: () => lending,
  path: '/uses',
  component: lazyRouteComponent(() => import('./screens/lending/Processes.tsx'), 'Processes'),
});
const notices = createRoute({
  getParentRoute: () => members,
  path: '/notices',
  component: lazyRouteComponent(() => import('./screens/notices/Notices.tsx'), 'Notices'),
});
const introductions = createRoute({
  getParentRoute: () => members,
  path: '/introductions',
  component: lazyRouteComponent(() => import('./screens/introductions/Introductions.tsx'), 'Introductions'),
});
const introductionsMine = createRoute({
  getParentRoute: () => introductions,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/introductions/Mine.tsx'), 'Mine'),
});
const introductionsAsked = createRoute({
  getParentRoute: () => introductions,
  path: '/asked',
  component: lazyRouteComponent(() => import('./screens/introductions/Asked.tsx'), 'Asked'),
});
const network = createRoute({
  getParentRoute: () => members,
  path: '/network',
  component: lazyRouteComponent(() => import('./screens/network/Network.tsx'), 'Network'),
});
const networkPaths = createRoute({
  getParentRoute: () => network,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    typeof search.q === 'string' ? { q: search.q.slice(0, 200) } : {},
  component: lazyRouteComponent(() => import('./screens/network/PathSearch.tsx'), 'PathSearch'),
});
const networkPicture = createRoute({
  getParentRoute: () => network,
  path: '/picture',
  component: lazyRouteComponent(() => import('./screens/network/NetworkPicture.tsx'), 'NetworkPicture'),
});
const networkTies = createRoute({
  getParentRoute: () => network,
  path: '/ties',
  component: lazyRouteComponent(() => import('./screens/network/Ties.tsx'), 'Ties'),
});
const tasks = createRoute({
  getParentRoute: () => members,
  path: '/tasks',
  validateSearch: taskSearch,
  component: lazyRouteComponent(() => import('./screens/tasks/Tasks.tsx'), 'Tasks'),
});
const privacyAsked = createRoute({
  getParentRoute: () => members,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./screens/privacy/Asked.tsx'), 'Asked'),
});
const opportunities = createRoute({
  getParentRoute: () => members,
  path: '/opportunities',
  validateSearch: opportunitySearch,
  component: lazyRouteComponent(() => import('./screens/opportunities/Opportunities.tsx'), 'Opportunities'),
});
const importOpportunities = createRoute({
  getParentRoute: () => members,
  path: '/opportunities/import',
  component: lazyRouteComponent(() => import('./screens/opportunities/ImportOpportunities.tsx'), 'ImportOpportunities'),
});
const outcomes = createRoute({
  getParentRoute: () => members,
  path: '/opportunities/outcomes',
  component: lazyRouteComponent(() => import('./screens/opportunities/Outcomes.tsx'), 'Outcomes'),
});
const opportunity = createRoute({
  getParentRoute: () => members,
  path: '/opportunities/$opportunityId',
  component: lazyRouteComponent(() => import('./screens/opportunities/OpportunityPage.tsx'), 'OpportunityPage'),
});
const conversations = createRoute({
  getParentRoute: () => members,
  path: '/conversations',
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => import('./screens/conversations/Conversations.tsx'), 'Conversations'),
});
const conversation = createRoute({
  getParentRoute: () => members,
  path: '/conversations/$conversationId',
  validateSearch: inboxSearch,
  component: lazyRouteComponent(() => import('./screens/conversations/Conversations.tsx'), 'Conversations'),
});
const savedReplies = createRoute({
  getParentRoute: () => members,
  path: '/conversations/replies',
  component: lazyRouteComponent(() => import('./screens/conversations/SavedReplies.tsx'), 'SavedReplies'),
});
const conversationFigures = createRoute({
  getParentRoute: () => members,
  path: '/conversations/figures',
  component: lazyRouteComponent(() => import('./screens/conversations/Figures.tsx'), 'Figures'),
});
const voices = createRoute({
  getParentRoute: () => members,
  path: '/voices',
  validateSearch: voicesSearch,
  component: lazyRouteComponent(() => import('./screens/voices/Voices.tsx'), 'Voices'),
});
const voicesWeight = createRoute({
  getParentRoute: () => members,
  path: '/voices/weight',
  validateSearch: weightSearch,
  component: lazyRouteComponent(() => import('./screens/voices/Weight.tsx'), 'Weight'),
});
const cases = createRoute({
  getParentRoute: () => members,
  path: '/voices/decisions',
  validateSearch: (raw: Record<string, unknown>): { state?: 'settled' } =>
    raw.state === 'settled' ? { state: 'settled' } : {},
  component: lazyRouteComponent(() => import('./screens/decisions/Cases.tsx'), 'Cases'),
});
const decisionCase = createRoute({
  getParentRoute: () => members,
  path: '/voices/decisions/$caseId',
  component: lazyRouteComponent(() => import('./screens/decisions/Case.tsx'), 'Case'),
});
const thresholds = createRoute({
  getParentRoute: () => members,
  path: '/voices/thresholds',
  component: lazyRouteComponent(() => import('./screens/decisions/Thresholds.tsx'), 'Thresholds'),
});
const trackers = createRoute({
  getParentRoute: () => members,
  path: '/voices/trackers',
  component: lazyRouteComponent(() => import('./screens/decisions/Trackers.tsx'), 'Trackers'),
});
const rise = createRoute({
  getParentRoute: () => members,
  path: '/voices/rises/$riseId',
  component: lazyRouteComponent(() => import('./screens/voices/Rise.tsx'), 'Rise'),
});
const topics = createRoute({
  getParentRoute: () => members,
  path: '/voices/topics',
  component: lazyRouteComponent(() => import('./screens/voices/Topics.tsx'), 'Topics'),
});
const model = createRoute({
  getParentRoute: () => members,
  path: '/voices/model',
  component: lazyRouteComponent(() => import('./screens/voices/Model.tsx'), 'ModelPage'),
});
const people = createRoute({
  getParentRoute: () => members,
  path: '/people',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./screens/contacts/People.tsx'), 'People'),
});
const organizations = createRoute({
  getParentRoute: () => members,
  path: '/organizations',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./screens/contacts/People.tsx'), 'Organizations'),
});
const person = createRoute({
  getParentRoute: () => members,
  path: '/people/$personId',
  component: lazyRouteComponent(() => import('./screens/contacts/PersonPage.tsx'), 'PersonPage'),
});
const orgChart = createRoute({
  getParentRoute: () => members,
  path: '/people/$personId/chart',
  component: lazyRouteComponent(() => import('./screens/maps/ChartPage.tsx'), 'ChartPage'),
});
const powerMaps = createRoute({
  getParentRoute: () => members,
  path: '/people/$personId/maps',
  component: lazyRouteComponent(() => import('./screens/maps/MapsPage.tsx'), 'MapsPage'),
});
const events = createRoute({
  getParentRoute: () => members,
  path: '/plan/events',
  component: lazyRouteComponent(() => import('./screens/events/Events.tsx'), 'Events'),
});
const event = createRoute({
  getParentRoute: () => members,
  path: '/plan/events/$eventId',
  component: lazyRouteComponent(() => import('./screens/events/EventPage.tsx'), 'EventPage'),
});
const eventDoor = createRoute({
  getParentRoute: () => members,
  path: '/plan/events/$eventId/door',
  component: lazyRouteComponent(() => import('./screens/events/Door.tsx'), 'Door'),
});
const packHunts = createRoute({
  getParentRoute: () => members,
  path: '/hunts',
  component: lazyRouteComponent(() => import('./screens/hunting/Hunts.tsx'), 'Hunts'),
});
const packHunt = createRoute({
  getParentRoute: () => members,
  path: '/hunts/$huntId',
  component: lazyRouteComponent(() => import('./screens/hunting/HuntPage.tsx'), 'HuntPage'),
});
const surveys = createRoute({
  getParentRoute: () => members,
  path: '/voices/surveys',
  component: lazyRouteComponent(() => import('./screens/surveys/Surveys.tsx'), 'Surveys'),
});
const survey = createRoute({
  getParentRoute: () => members,
  path: '/voices/surveys/$surveyId',
  component: lazyRouteComponent(() => import('./screens/surveys/SurveyPage.tsx'), 'SurveyPage'),
});
const scenarios = createRoute({
  getParentRoute: () => members,
  path: '/plan/scenarios',
  component: lazyRouteComponent(() => import('./screens/scenarios/Scenarios.tsx'), 'Scenarios'),
});
const scenario = createRoute({
  getParentRoute: () => members,
  path: '/plan/scenarios/$scenarioId',
  component: lazyRouteComponent(() => import('./screens/scenarios/ScenarioPage.tsx'), 'ScenarioPage'),
});
const scenarioQuestions = createRoute({
  getParentRoute: () => members,
  path: '/scenario-questions',
  component: lazyRouteComponent(() => import('./screens/scenarios/Questions.tsx'), 'Questions'),
});
const contents = createRoute({
  getParentRoute: () => members,
  path: '/plan/content',
  component: lazyRouteComponent(() => import('./screens/content/Contents.tsx'), 'Contents'),
});
const contentParts = createRoute({
  getParentRoute: () => members,
  path: '/plan/content/parts',
  component: lazyRouteComponent(() => import('./screens/content/Parts.tsx'), 'Parts'),
});
const contentImages = createRoute({
  getParentRoute: () => members,
  path: '/plan/content/images',
  component: lazyRouteComponent(() => import('./screens/content/Images.tsx'), 'Images'),
});
const houseStyle = createRoute({
  getParentRoute: () => members,
  path: '/plan/content/style',
  component: lazyRouteComponent(() => import('./screens/content/HouseStyle.tsx'), 'HouseStylePage'),
});
const oneContent = createRoute({
  getParentRoute: () => members,
  path: '/plan/content/$contentId',
  component: lazyRouteComponent(() => import('./screens/content/ContentPage.tsx'), 'ContentPage'),
});
const customerCommunities = createRoute({
  getParentRoute: () => members,
  path: '/voices/community',
  component: lazyRouteComponent(() => import('./screens/community/Communities.tsx'), 'Communities'),
});
const customerCommunity = createRoute({
  getParentRoute: () => members,
  path: '/voices/community/$communityId',
  component: lazyRouteComponent(() => import('./screens/community/CommunityPage.tsx'), 'CommunityPage'),
});
const opportunityMaps = createRoute({
  getParentRoute: () => members,
  path: '/opportunities/$opportunityId/maps',
  component: lazyRouteComponent(() => import('./screens/maps/OpportunityMapsPage.tsx'), 'OpportunityMapsPage'),
});
const powerMap = createRoute({
  getParentRoute: () => members,
  path: '/maps/$mapId',
  component: lazyRouteComponent(() => import('./screens/maps/MapPage.tsx'), 'MapPage'),
});
const imports = createRoute({
  getParentRoute: () => members,
  path: '/imports',
  component: lazyRouteComponent(() => import('./screens/imports/Imports.tsx'), 'Imports'),
});
const fieldNote = createRoute({
  getParentRoute: () => members,
  path: '/note',
  validateSearch: ({ person }: { person?: unknown }): { person?: string } =>
    typeof person === 'string' ? { person } : {},
  component: lazyRouteComponent(() => import('./screens/notes/FieldNote.tsx'), 'FieldNote'),
});
const scan = createRoute({
  getParentRoute: () => members,
  path: '/scan',
  component: lazyRouteComponent(() => import('./screens/scan/Scan.tsx'), 'Scan'),
});
const fromMail = createRoute({
  getParentRoute: () => members,
  path: '/mail',
  component: lazyRouteComponent(() => import('./screens/mailboxes/FromMail.tsx'), 'FromMail'),
});
const mailProposals = createRoute({
  getParentRoute: () => fromMail,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/mailboxes/Proposals.tsx'), 'Proposals'),
});
const correspondents = createRoute({
  getParentRoute: () => fromMail,
  path: '/correspondents',
  component: lazyRouteComponent(() => import('./screens/mailboxes/Correspondents.tsx'), 'Correspondents'),
});
const mailboxes = createRoute({
  getParentRoute: () => fromMail,
  path: '/mailboxes',
  component: lazyRouteComponent(() => import('./screens/mailboxes/Mailboxes.tsx'), 'Mailboxes'),
});
const oneImport = createRoute({
  getParentRoute: () => members,
  path: '/imports/$importId',
  component: lazyRouteComponent(() => import('./screens/imports/ImportPage.tsx'), 'ImportPage'),
});

const communities = createRoute({
  getParentRoute: () => members,
  path: '/groups',
  component: lazyRouteComponent(() => import('./screens/relations/Groups.tsx'), 'Groups'),
});
const community = createRoute({
  getParentRoute: () => members,
  path: '/groups/$groupId',
  component: lazyRouteComponent(() => import('./screens/relations/GroupPage.tsx'), 'GroupPage'),
});

const facts = createRoute({
  getParentRoute: () => members,
  path: '/facts',
  component: lazyRouteComponent(() => import('./screens/facts/Facts.tsx'), 'Facts'),
});
const factKinds = createRoute({
  getParentRoute: () => facts,
  path: '/',
  component: lazyRouteComponent(() => import('./screens/facts/Kinds.tsx'), 'Kinds'),
});
const factSources = createRoute({
  getParentRoute: () => facts,
  path: '/sources',
  component: lazyRouteComponent(() => import('./screens/facts/Sources.tsx'), 'Sources'),
});
const factFiles = createRoute({
  getParentRoute: () => facts,
  path: '/files',
  component: lazyRouteComponent(() => import('./screens/facts/Files.tsx'), 'Files'),
});
const quality = createRoute({
  getParentRoute: () => members,
  path: '/quality',
  component: lazyRouteComponent(() => import('./screens/quality/Quality.tsx'), 'Quality'),
});
const hunt = createRoute({
  getParentRoute: () => quality,
  path: '/',
  validateSearch: huntSearch,
  component: lazyRouteComponent(() => import('./screens/quality/Hunt.tsx'), 'Hunt'),
});
const groups = createRoute({
  getParentRoute: () => quality,
  path: '/groups',
  validateSearch: groupSearch,
  component: lazyRouteComponent(() => import('./screens/quality/Groups.tsx'), 'Groups'),
});
const decisions = createRoute({
  getParentRoute: () => quality,
  path: '/decisions',
  component: lazyRouteComponent(() => import('./screens/quality/VerdictList.tsx'), 'VerdictList'),
});
const archive = createRoute({
  getParentRoute: () => quality,
  path: '/archive',
  validateSearch: archiveSearch,
  component: lazyRouteComponent(() => import('./screens/quality/Archive.tsx'), 'Archive'),
});
const verify = createRoute({
  getParentRoute: () => quality,
  path: '/verify',
  component: lazyRouteComponent(() => import('./screens/quality/Verify.tsx'), 'Verify'),
});
const dataMap = createRoute({
  getParentRoute: () => quality,
  path: '/map',
  component: lazyRouteComponent(() => import('./screens/data-map/DataMap.tsx'), 'DataMap'),
});
const leadDays = createRoute({
  getParentRoute: () => quality,
  path: '/lead-days',
  component: lazyRouteComponent(() => import('./screens/lead-days/LeadDays.tsx'), 'LeadDays'),
});
const leadDay = createRoute({
  getParentRoute: () => quality,
  path: '/lead-days/$dayId',
  component: lazyRouteComponent(() => import('./screens/lead-days/LeadDayPage.tsx'), 'LeadDayPage'),
});
const cleaning = createRoute({
  getParentRoute: () => quality,
  path: '/cleaning',
  component: lazyRouteComponent(() => import('./screens/cleaning/Cleaning.tsx'), 'Cleaning'),
});
const segments = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/segments',
  component: lazyRouteComponent(() => import('./screens/segments/Segments.tsx'), 'Segments'),
});
const newSegment = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/segments/new',
  component: lazyRouteComponent(() => import('./screens/segments/SegmentEditor.tsx'), 'NewSegment'),
});
const comparison = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/segments/comparison',
  component: lazyRouteComponent(() => import('./screens/segments/Comparison.tsx'), 'Comparison'),
});
const segment = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/segments/$segmentId',
  component: lazyRouteComponent(() => import('./screens/segments/SegmentPage.tsx'), 'SegmentPage'),
});
const measures = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/measures',
  component: lazyRouteComponent(() => import('./screens/segments/Measures.tsx'), 'Measures'),
});
const lifeStages = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/stages',
  component: lazyRouteComponent(() => import('./screens/segments/Stages.tsx'), 'Stages'),
});
const attributes = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/attributes',
  component: lazyRouteComponent(() => import('./screens/attributes/Attributes.tsx'), 'Attributes'),
});
const attribute = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/attributes/$attributeId',
  component: lazyRouteComponent(() => import('./screens/attributes/AttributePage.tsx'), 'AttributePage'),
});
const collectionPlan = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/collection',
  component: lazyRouteComponent(() => import('./screens/collection/Plan.tsx'), 'Plan'),
});
const pressure = createRoute({
  getParentRoute: () => members,
  path: '/plan/pressure',
  component: lazyRouteComponent(() => import('./screens/outreach/Pressure.tsx'), 'Pressure'),
});
const mechanism = createRoute({
  getParentRoute: () => members,
  path: '/knowledge/collection/$mechanismId',
  component: lazyRouteComponent(() => import('./screens/collection/MechanismPage.tsx'), 'MechanismPage'),
});
const planPages = createRoute({ getParentRoute: () => members, path: '/plan', component: Outlet });
const plan = createRoute({
  getParentRoute: () => planPages,
  path: '/',
  validateSearch: planSearch,
  component: lazyRouteComponent(() => import('./screens/plan/Plan.tsx'), 'Plan'),
});
const planCalendar = createRoute({
  getParentRoute: () => planPages,
  path: '/calendar',
  validateSearch: calendarSearch,
  component: lazyRouteComponent(() => import('./screens/plan/Calendar.tsx'), 'Calendar'),
});
const objective = createRoute({
  getParentRoute: () => planPages,
  path: '/objectives/$objectiveId',
  component: lazyRouteComponent(() => import('./screens/plan/ObjectivePage.tsx'), 'ObjectivePage'),
});
const programme = createRoute({
  getParentRoute: () => planPages,
  path: '/programmes/$programmeId',
  component: lazyRouteComponent(() => import('./screens/plan/ProgrammePage.tsx'), 'ProgrammePage'),
});
const campaign = createRoute({
  getParentRoute: () => planPages,
  path: '/campaigns/$campaignId',
  component: lazyRouteComponent(() => import('./screens/plan/CampaignPage.tsx'), 'CampaignPage'),
});
const journeys = createRoute({
  getParentRoute: () => planPages,
  path: '/journeys',
  component: lazyRouteComponent(() => import('./screens/plan/Journeys.tsx'), 'Journeys'),
});
const journey = createRoute({
  getParentRoute: () => planPages,
  path: '/journeys/$journeyId',
  component: lazyRouteComponent(() => import('./screens/plan/JourneyPage.tsx'), 'JourneyPage'),
});
const health = createRoute({
  getParentRoute: () => quality,
  path: '/health',
  component: lazyRouteComponent(() => import('./screens/quality/Health.tsx'), 'Health'),
});

const dashboards = createRoute({
  getParentRoute: () => members,
  path: '/boards',
  component: lazyRouteComponent(() => import('./screens/dashboards/Dashboards.tsx'), 'Dashboards'),
});
const firstBoard = createRoute({
  getParentRoute: () => dashboards,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/boards/$board', params: { board: 'reference' }, replace: true });
  },
});
const board = createRoute({
  getParentRoute: () => dashboards,
  path: '/$board',
  validateSearch: boardSearch,
  beforeLoad: ({ params }) => {
    if (!isBoard(params.board)) throw redirect({ to: '/boards', replace: true });
  },
  component: lazyRouteComponent(() => import('./screens/dashboards/Dashboards.tsx'), 'BoardPage'),
});
const settings = createRoute({
  getParentRoute: () => members,
  path: '/settings',
  component: lazyRouteComponent(() => import('./screens/settings/Settings.tsx'), 'Settings'),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/me', replace: true });
  },
});
const mySettings = createRoute({
  getParentRoute: () => settings,
  path: '/me',
  component: lazyRouteComponent(() => import('./screens/settings/MySettings.tsx'), 'MySettings'),
});
const books = createRoute({
  getParentRoute: () => settings,
  path: '/books',
  component: lazyRouteComponent(() => import('./screens/settings/Books.tsx'), 'Books'),
});
const workspaceMembers = createRoute({
  getParentRoute: () => settings,
  path: '/members',
  component: lazyRouteComponent(() => import('./screens/settings/Members.tsx'), 'Members'),
});
const teams = createRoute({
  getParentRoute: () => settings,
  path: '/teams',
  component: lazyRouteComponent(() => import('./screens/settings/Teams.tsx'), 'Teams'),
});
const departure = createRoute({
  getParentRoute: () => settings,
  path: '/members/leaving/$departureId',
  component: lazyRouteComponent(() => import('./screens/leaving/DeparturePage.tsx'), 'DeparturePage'),
});
const charter = createRoute({
  getParentRoute: () => settings,
  path: '/charter',
  component: lazyRouteComponent(() => import('./screens/charter/Charter.tsx'), 'Charter'),
});
const audit = createRoute({
  getParentRoute: () => settings,
  path: '/audit',
  component: lazyRouteComponent(() => import('./screens/settings/Audit.tsx'), 'Audit'),
});
const apps = createRoute({
  getParentRoute: () => settings,
  path: '/apps',
  component: lazyRouteComponent(() => import('./screens/apps/Apps.tsx'), 'Apps'),
});
const noticeSettings = createRoute({
  getParentRoute: () => settings,
  path: '/notices',
  component: lazyRouteComponent(() => import('./screens/notices/NoticeSettings.tsx'), 'NoticeSettings'),
});
const connections = createRoute({
  getParentRoute: () => settings,
  path: '/connections',
  validateSearch: returnSearch,
  component: lazyRouteComponent(() => import('./screens/connections/Connections.tsx'), 'Connections'),
});
const connection = createRoute({
  getParentRoute: () => settings,
  path: '/connections/$connectionId',
  validateSearch: returnSearch,
  component: lazyRouteComponent(() => import('./screens/connections/ConnectionPage.tsx'), 'ConnectionPage'),
});
const services = createRoute({
  getParentRoute: () => settings,
  path: '/services',
  component: lazyRouteComponent(() => import('./screens/connections/Services.tsx'), 'Services'),
});
const phones = createRoute({
  getParentRoute: () => settings,
  path: '/devices',
  component: lazyRouteComponent(() => import('./screens/phones/Phones.tsx'), 'Phones'),
});
const biAccesses = createRoute({
  getParentRoute: () => settings,
  path: '/bi',
  component: lazyRouteComponent(() => import('./screens/bi/BiAccesses.tsx'), 'BiAccesses'),
});
const destinations = createRoute({
  getParentRoute: () => settings,
  path: '/destinations',
  component: lazyRouteComponent(() => import('./screens/destinations/Destinations.tsx'), 'Destinations'),
});
const webhooks = createRoute({
  getParentRoute: () => settings,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./screens/webhooks/Webhooks.tsx'), 'Webhooks'),
});
const adoption = createRoute({
  getParentRoute: () => settings,
  path: '/adoption',
  component: lazyRouteComponent(() => import('./screens/adoption/Adoption.tsx'), 'Adoption'),
});
const apiKeys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: lazyRouteComponent(() => import('./screens/settings/ApiKeys.tsx'), 'ApiKeys'),
});

const myMessages = createRoute({
  getParentRoute: () => settings,
  path: '/messages',
  component: lazyRouteComponent(() => import('./screens/outreach/MyMessages.tsx'), 'MyMessages'),
});
const importFiles = createRoute({
  getParentRoute: () => settings,
  path: '/channels/import',
  component: lazyRouteComponent(() => import('./screens/channels/ImportFiles.tsx'), 'ImportFiles'),
});
const channels = createRoute({
  getParentRoute: () => settings,
  path: '/channels',
  component: lazyRouteComponent(() => import('./screens/channels/Channels.tsx'), 'Channels'),
});
const mailSettings = createRoute({
  getParentRoute: () => settings,
  path: '/mail',
  component: lazyRouteComponent(() => import('./screens/outreach/MailSettings.tsx'), 'MailSettings'),
});
const forgets = createRoute({
  getParentRoute: () => settings,
  path: '/forgets',
  component: lazyRouteComponent(() => import('./screens/own-word/Forgets.tsx'), 'Forgets'),
});
const privacyDesk = createRoute({
  getParentRoute: () => settings,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./screens/privacy/Desk.tsx'), 'Desk'),
});
const privacyRequest = createRoute({
  getParentRoute: () => settings,
  path: '/privacy/$requestId',
  component: lazyRouteComponent(() => import('./screens/privacy/RequestPage.tsx'), 'RequestPage'),
});
const signInSettings = createRoute({
  getParentRoute: () => settings,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./screens/sso/SignInSettings.tsx'), 'SignInSettings'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    reset,
    join,
    charterDue,
    authorise,
    embed,
    answerLink,
    myDetails,
    privacyAnswer,
    stopDigest,
    members.addChildren([
      myDeparture,
      home,
      homePage,
      lending.addChildren([lendingMine, lendingToMe, lendingUses, lendingEnded]),
      introductions.addChildren([introductionsMine, introductionsAsked]),
      network.addChildren([networkPaths, networkPicture, networkTies]),
      notices,
      tasks,
      privacyAsked,
      conversations,
      savedReplies,
      conversationFigures,
      conversation,
      voices,
      voicesWeight,
      cases,
      decisionCase,
      thresholds,
      trackers,
      rise,
      topics,
      model,
      events,
      packHunts,
      packHunt,
      event,
      eventDoor,
      surveys,
      survey,
      scenarios,
      scenario,
      scenarioQuestions,
      contents,
      contentParts,
      contentImages,
      houseStyle,
      oneContent,
      customerCommunities,
      customerCommunity,
      opportunities,
      importOpportunities,
      outcomes,
      opportunity,
      people,
      organizations,
      person,
      orgChart,
      powerMaps,
      opportunityMaps,
      powerMap,
      communities,
      community,
      imports,
      oneImport,
      scan,
      fieldNote,
      fromMail.addChildren([mailProposals, correspondents, mailboxes]),
      dashboards.addChildren([firstBoard, board]),
      facts.addChildren([factKinds, factSources, factFiles]),
      segments,
      newSegment,
      comparison,
      segment,
      measures,
      lifeStages,
      attributes,
      attribute,
      collectionPlan,
      pressure,
      mechanism,
      planPages.addChildren([plan, planCalendar, objective, programme, campaign, journeys, journey]),
      quality.addChildren([hunt, groups, decisions, verify, cleaning, archive, health, dataMap, leadDays, leadDay]),
      settings.addChildren([
        settingsHome,
        connections,
        connection,
        services,
        mySettings,
        noticeSettings,
        books,
        myMessages,
        workspaceMembers,
        departure,
        teams,
        charter,
        audit,
        forgets,
        privacyDesk,
        privacyRequest,
        apps,
        apiKeys,
        biAccesses,
        destinations,
        webhooks,
        adoption,
        phones,
        mailSettings,
        channels,
        importFiles,
        signInSettings,
      ]),
    ]),
  ]),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: query,
  defaultPreload: 'intent',
  defaultErrorComponent: Failure,
  defaultPendingComponent: LoadingPage,
  defaultPendingMs: 200,
  defaultPendingMinMs: 0,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// A session that ends while one works: one is led to sign in, and what was loaded is forgotten. In this order, because the screens that
// are still there cannot be drawn without the member.
let ending = false;
onSessionEnd(() => {
  if (ending || queryClient.getQueryData(meQuery.queryKey) === undefined) return;
  ending = true;
  const { href } = router.state.location;
  void router.navigate({ to: '/sign-in', search: backIn({ back: href }), replace: true }).finally(() => {
    queryClient.clear();
    ending = false;
  });
});

/** Only a path of our own: `//elsewhere.example` would leave the site. */
function backIn({ back }: Record<string, unknown>): { back?: string } {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) ? { back } : {};
}

/** Why a company sign-in has opened nothing, as the server says it. */
function refusedIn({ refused }: Record<string, unknown>): { refused?: Refusal } {
  const code = refusal.options.find((one) => one === refused);
  return code === undefined ? {} : { refused: code };
}
