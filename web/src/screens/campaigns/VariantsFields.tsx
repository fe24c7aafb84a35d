import { ActionIcon, Button, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type Aim, aims } from '../../../../server/campaigns/contract.ts';
import { t } from '../../i18n.ts';
import classes from './Campaigns.module.css';
import { letterOf } from './words.ts';

export interface Variant {
  contentId: string;
  share: number | '';
}

/** How variants are said in the form. */
export interface Varied {
  variants: Variant[];
  testShare: number | '';
  aim: Aim;
}

interface VariantsFieldsProps {
  value: Varied;
  onChange: (changed: Partial<Varied>) => void;
  contents: { value: string; label: string }[];
  problem: (field: string) => string | null | undefined;
}

const most = 3;

/** Other contents beside the first, how many get which, and by what they are compared. */
export function VariantsFields({
  value: { variants, testShare, aim },
  onChange,
  contents,
  problem,
}: VariantsFieldsProps) {
  const set = (at: number, changed: Partial<Variant>) =>
    onChange({ variants: variants.map((one, no) => (no === at ? { ...one, ...changed } : one)) });
  const even = Math.floor(100 / (variants.length + 2));
  const rest = 100 - variants.reduce((sum, { share }) => sum + (share || 0), 0);
  return (
    <fieldset className={classes.variants}>
      <legend>{t('campaigns.variants')}</legend>
      <p className={classes.quiet}>{t('campaigns.variants.hint')}</p>
      <Stack gap="sm">
        {variants.map((one, at) => {
          const letter = letterOf(at + 2);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a variant is its place
            <div key={at} className={classes.variant}>
              <NativeSelect
                label={t('campaigns.variant', { letter })}
                value={one.contentId}
                data={[{ value: '', label: t('campaigns.content.choose') }, ...contents]}
                onChange={({ currentTarget }) => set(at, { contentId: currentTarget.value })}
              />
              <NumberInput
                label={t('campaigns.variant.share')}
                min={1}
                max={98}
                allowDecimal={false}
                value={one.share}
                onChange={(share) => set(at, { share: share === '' ? '' : Number(share) })}
              />
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label={t('campaigns.variant.remove', { letter })}
                onClick={() => onChange({ variants: variants.filter((_, no) => no !== at) })}
              >
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </div>
          );
        })}
        {problem('variants') && <p className={classes.problem}>{problem('variants')}</p>}
        {variants.length < most && (
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() =>
              onChange({
                variants: [...variants.map((one) => ({ ...one, share: even })), { contentId: '', share: even }],
              })
            }
          >
            {t('campaigns.variant.add')}
          </Button>
        )}
        {variants.length > 0 && (
          <>
            <p className={classes.quiet}>{t('campaigns.variant.first', { share: rest })}</p>
            <NativeSelect
              label={t('campaigns.aim')}
              description={t('campaigns.aim.hint')}
              value={aim}
              data={aims.map((one) => ({ value: one, label: t(`campaigns.deed.${one}`) }))}
              onChange={({ currentTarget }) => onChange({ aim: currentTarget.value as Aim })}
            />
            <NumberInput
              label={t('campaigns.test')}
              description={t('campaigns.test.hint')}
              min={5}
              max={100}
              allowDecimal={false}
              value={testShare}
              error={problem('testShare')}
              onChange={(share) => onChange({ testShare: share === '' ? '' : Number(share) })}
            />
          </>
        )}
      </Stack>
    </fieldset>
  );
}
