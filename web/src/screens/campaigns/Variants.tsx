import { Button, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  chooseVariant,
  type Variants as Found,
  type Measured,
  type Sending,
} from '../../../../server/campaigns/contract.ts';
import { call } from '../../api.ts';
import { longDate, number, percent } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { say } from '../../ui/undo.tsx';
import { Why } from '../../ui/Why.tsx';
import classes from './Campaigns.module.css';
import { refreshSending, variantsQuery, type Which } from './queries.ts';
import { letterOf, points, sayWhyNot } from './words.ts';

interface VariantsProps {
  campaignId: string;
  sending: Sending;
  onOpen: (which: Which, title: string) => void;
}

/** What came of each variant beside the first, and which one the others get. */
export function Variants({ campaignId, sending, onOpen }: VariantsProps) {
  const { data } = useQuery(variantsQuery(campaignId));
  if (!data?.until) return null;
  const shown = data.measures.filter(({ aim, arms }) => aim || arms.some(({ did }) => did > 0));
  const aim = shown.filter((one) => one.aim);
  const others = shown.filter((one) => !one.aim);
  return (
    <section aria-label={t('campaigns.variants')}>
      <h3>{t('campaigns.variants')}</h3>
      <Arms found={data} onOpen={onOpen} />
      {data.arms.some(({ seen }) => seen) && <p className={classes.quiet}>{t('campaigns.variant.seen')}</p>}
      {!data.over && <p className={classes.quiet}>{t('campaigns.variant.early', { day: longDate(data.until) })}</p>}
      <p className={classes.quiet}>
        {t('campaigns.aim')}: <strong>{t(`campaigns.deed.${sending.aim}`)}</strong>{' '}
        <Why what={t('campaigns.variant.why')}>{t('campaigns.variant.why.text')}</Why>
      </p>
      {aim.length === 0 && <p className={classes.quiet}>{t('campaigns.variant.few')}</p>}
      <Measures measures={aim} />
      {others.length > 0 && <p className={classes.quiet}>{t('campaigns.variant.other')}</p>}
      <Measures measures={others} />
      {sending.toChoose && <Choice campaignId={campaignId} found={data} />}
    </section>
  );
}

function Arms({ found, onOpen }: { found: Found; onOpen: VariantsProps['onOpen'] }) {
  return (
    <ul className={classes.arms}>
      {found.arms.map(({ no, content, people, sent, seen }) => {
        const title = t('campaigns.variant', { letter: letterOf(no) });
        return (
          <li key={no}>
            <UnstyledButton onClick={() => onOpen({ outcome: 'sent', variant: no }, title)}>
              <strong dir="auto">{content.name ?? t('campaigns.content.hidden')}</strong>
              <span>{t('campaigns.variant.arm', { letter: letterOf(no), people, sent })}</span>
            </UnstyledButton>
            {seen && <p className={classes.quiet}>{t('campaigns.seen', seen)}</p>}
          </li>
        );
      })}
    </ul>
  );
}

const nameOf = ({ measure }: Measured): string =>
  told(`campaigns.deed.${measure}`) ?? t(`campaigns.measure.${measure as 'bounced'}`);

const Measures = ({ measures }: { measures: readonly Measured[] }) => (
  <ul className={classes.reasons}>
    {measures.map((one) => (
      <li key={one.measure} className={classes.change}>
        <strong>{nameOf(one)}</strong>
        <span>
          {one.arms.map(({ no, did, people }) => (
            <span key={no} className={classes.arm}>
              {letterOf(no)}{' '}
              {t('campaigns.variant.shares', {
                did: number(did),
                people,
                share: percent(people === 0 ? 0 : did / people, 1),
              })}
            </span>
          ))}
        </span>
        {one.arms.map((arm) => arm.uplift && <span key={arm.no}>{differenceOf(arm.no, arm.uplift)}</span>)}
      </li>
    ))}
  </ul>
);

/** An interval that holds nought says nothing. */
function differenceOf(no: number, { difference, from, to }: NonNullable<Measured['arms'][number]['uplift']>): string {
  const values = { letter: letterOf(no), from: points(from), to: points(to) };
  if (from <= 0 && to >= 0) return t('campaigns.variant.open', values);
  return t(from > 0 ? 'campaigns.variant.better' : 'campaigns.variant.worse', {
    ...values,
    difference: points(difference),
  });
}

/** The machine proposes, people decide. */
function Choice({ campaignId, found: { over, proposed, arms } }: { campaignId: string; found: Found }) {
  const choose = async (variant: number) => {
    await call(chooseVariant, { campaignId, variant });
    say(t('campaigns.variant.given', { letter: letterOf(variant) }));
    await refreshSending();
  };
  return (
    <section aria-label={t('campaigns.variant.choose')} className="no-print">
      <h4>{t('campaigns.variant.choose')}</h4>
      {over && (
        <p>
          {proposed
            ? t('campaigns.variant.proposed', { letter: letterOf(proposed) })
            : t('campaigns.variant.proposed.none')}
        </p>
      )}
      <p className={classes.quiet}>{t('campaigns.variant.choose.lead')}</p>
      <div className={classes.choices}>
        {arms.map(({ no }) => (
          <Button
            key={no}
            variant={no === proposed ? 'filled' : 'default'}
            onClick={() => void choose(no).catch(sayWhyNot)}
          >
            {t('campaigns.variant.give', { letter: letterOf(no) })}
          </Button>
        ))}
      </div>
    </section>
  );
}
