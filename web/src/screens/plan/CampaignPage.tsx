import { Button, Textarea } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type FullCampaign, type Programme, writeBrief } from '../../../../server/plan/contract.ts';
import { call } from '../../api.ts';
import { calendarDay, longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import { useForm } from '../../ui/useForm.ts';
import { Sending } from '../campaigns/Sending.tsx';
import { HuntSection } from '../hunting/HuntSection.tsx';
import { collisions } from './days.ts';
import { CampaignForm } from './Forms.tsx';
import { Meeting } from './Meeting.tsx';
import { OutcomeForm } from './OutcomeForm.tsx';
import classes from './Plan.module.css';
import { PlanTabs } from './PlanTabs.tsx';
import { campaignQuery, planQuery, refreshPlan } from './queries.ts';
import { Workflow } from './Workflow.tsx';
import { amount, audienceOf } from './words.ts';

/** A campaign or scenario: its brief, how it is made, what was planned and what happened. */
export function CampaignPage() {
  const { campaignId } = useParams({ from: '/members/plan/campaigns/$campaignId' });
  const { data, error, refetch } = useQuery(campaignQuery(campaignId));
  const plan = useQuery(planQuery).data;
  const [open, setOpen] = useState<'campaign' | 'outcome' | null>(null);
  if (!data)
    return (
      <>
        <PlanTabs />
        <Page title={t('plan.campaign')}>
          {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />}
        </Page>
      </>
    );
  const programme = plan?.programmes.find(({ id }) => id === data.programmeId);
  return (
    <>
      <PlanTabs />
      <Page
        title={data.name}
        lead={
          <>
            {t(`plan.campaignKind.${data.kind}`)}
            {programme && (
              <>
                {', '}
                <Link to="/plan/programmes/$programmeId" params={{ programmeId: programme.id }}>
                  {programme.name}
                </Link>
              </>
            )}
          </>
        }
        actions={
          <>
            {data.kind === 'scenario' && (
              <ButtonLink variant="default" to="/plan/scenarios/$scenarioId" params={{ scenarioId: data.id }}>
                {t('scenarios.draw')}
              </ButtonLink>
            )}
            {data.mine && programme && (
              <Button
                variant="default"
                leftSection={<IconPencil size={18} aria-hidden />}
                onClick={() => setOpen('campaign')}
              >
                {t('plan.change')}
              </Button>
            )}
          </>
        }
      >
        <Workflow campaign={data} />
        <Sheet campaign={data} currency={programme?.currency ?? 'EUR'} />
        <Meeting others={plan && collisions(plan.campaigns).get(data.id)} />
        <Brief key={data.version} campaign={data} />
        <Sending campaign={data} />
        <HuntSection campaign={data} />
        <Outcome campaign={data} currency={programme?.currency ?? 'EUR'} onReport={() => setOpen('outcome')} />
        <History campaign={data} />
        {open === 'campaign' && programme && (
          <CampaignForm
            campaign={data}
            programme={programme}
            programmes={plan?.programmes ?? ([] as Programme[])}
            onClose={() => setOpen(null)}
          />
        )}
        {open === 'outcome' && <OutcomeForm campaign={data} onClose={() => setOpen(null)} />}
      </Page>
    </>
  );
}

function Rows({ rows }: { rows: readonly [Parameters<typeof t>[0], ReactNode][] }) {
  return (
    <dl className={classes.sheet}>
      {rows.map(([key, value]) =>
        value === null || value === '' ? null : (
          <div key={key} style={{ display: 'contents' }}>
            <dt>{t(key)}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Sheet({ campaign, currency }: { campaign: FullCampaign; currency: string }) {
  const { plannedOn, plannedTime, purpose, channel, priority, budgetCents, kind } = campaign;
  const when =
    plannedOn &&
    (plannedTime ? t('plan.dayTime', { day: calendarDay(plannedOn), time: plannedTime }) : calendarDay(plannedOn));
  return (
    <Rows
      rows={[
        ['plan.planned', when ?? t(kind === 'scenario' ? 'plan.always' : 'plan.noDay')],
        ['plan.forWhom', audienceOf(campaign)],
        ['plan.campaign.purpose', t(`grant.purposeName.${purpose}`)],
        ['plan.campaign.channel', t(`plan.channel.${channel}`)],
        ['plan.priority', t('plan.priority.value', { value: priority })],
        ['plan.budget', amount(budgetCents, currency)],
      ]}
    />
  );
}

function Brief({ campaign }: { campaign: FullCampaign }) {
  const { id: campaignId, version, brief, mayBrief } = campaign;
  const [writing, write] = useState(false);
  const form = useForm({ brief }, async (said) => {
    await call(writeBrief, { campaignId, version, ...said });
    write(false);
    await refreshPlan();
    offerUndo(t('plan.brief.saved'), async () => {
      await call(writeBrief, { campaignId, version: version + 1, brief });
      await refreshPlan();
    });
  });
  return (
    <Section
      title={t('plan.step.brief')}
      actions={
        mayBrief &&
        !writing && (
          <Button className="no-print" variant="default" size="compact-md" onClick={() => write(true)}>
            {t(brief === '' ? 'plan.brief.write' : 'plan.brief.change')}
          </Button>
        )
      }
    >
      {writing ? (
        <form onSubmit={form.submit} noValidate className={classes.form}>
          <Textarea
            aria-label={t('plan.step.brief')}
            description={t('plan.brief.hint')}
            autosize
            minRows={5}
            maxLength={20_000}
            value={form.values.brief}
            onChange={({ currentTarget }) => form.set('brief', currentTarget.value)}
          />
          <ErrorNotice error={form.error} />
          <div className={classes.acts}>
            <Button type="submit" loading={form.sending}>
              {t('shell.save')}
            </Button>
            <Button variant="default" onClick={() => write(false)}>
              {t('shell.cancel')}
            </Button>
          </div>
        </form>
      ) : (
        <p className={`reading ${classes.brief}`} dir="auto">
          {brief || <span className={classes.quiet}>{t('plan.brief.none')}</span>}
        </p>
      )}
    </Section>
  );
}

function Outcome({ campaign, currency, onReport }: { campaign: FullCampaign; currency: string; onReport: () => void }) {
  const me = campaign.steps.some(({ step, may }) => step === 'measured' && may !== 'others');
  const { plannedOn, beganOn, endedOn, budgetCents, spentCents, brought } = campaign;
  const against = (was: string, planned: string | null) => (planned ? t('plan.against', { was, planned }) : was);
  return (
    <Section
      title={t('plan.happened')}
      actions={
        (campaign.mine || me) && (
          <Button className="no-print" variant="default" size="compact-md" onClick={onReport}>
            {t('plan.outcome.say')}
          </Button>
        )
      }
    >
      {beganOn === null && spentCents === null && brought === '' ? (
        <p className={classes.quiet}>{t('plan.outcome.none')}</p>
      ) : (
        <Rows
          rows={[
            ['plan.began', beganOn && against(calendarDay(beganOn), plannedOn && calendarDay(plannedOn))],
            ['plan.ended', endedOn && calendarDay(endedOn)],
            [
              'plan.spent',
              spentCents === null ? null : against(amount(spentCents, currency)!, amount(budgetCents, currency)),
            ],
            ['plan.brought', brought],
          ]}
        />
      )}
    </Section>
  );
}

function History({ campaign: { history } }: { campaign: FullCampaign }) {
  return (
    <Section title={t('plan.history')}>
      <ol className={classes.history}>
        {history.map((move) => (
          <li key={move.id}>
            <time dateTime={move.at}>{longInstant(move.at)}</time>
            <span dir="auto">
              {saidOf(move)}
              {move.words && ` ${t('plan.move.words', { words: move.words })}`}
              {move.alone && <span className={classes.quiet}> {t('plan.move.alone')}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** What somebody did, as a sentence. */
function saidOf({ act, step, by, to, day, from, words }: FullCampaign['history'][number]): string {
  const values = {
    who: by ?? t('plan.move.product'),
    what: step ? t(`plan.step.${step}`) : '',
    to: to ?? '',
    day: day ? calendarDay(day) : '',
    from: from ? calendarDay(from) : '',
  };
  if (act === 'given') return t(to ? (day ? 'plan.move.givenBy' : 'plan.move.given') : 'plan.move.givenNobody', values);
  if (act === 'day') return t(day ? (from ? 'plan.move.dayFrom' : 'plan.move.day') : 'plan.move.dayNone', values);
  // What the product itself noted: that sending began, and later what came of it.
  if (act === 'outcome' && by === null) return t(words ? 'plan.move.ended' : 'plan.move.began');
  return t(`plan.move.${act}`, values);
}
