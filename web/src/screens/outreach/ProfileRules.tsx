import { channel as channels, purpose as purposes } from '../../../../server/delegation/contract.ts';
import type { Cap, Profile } from '../../../../server/outreach/contract.ts';
import { t } from '../../i18n.ts';
import { BlankText } from '../../ui/Blank.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import classes from './Outreach.module.css';
import { Add, Choice, Count, type Form, Remove } from './ruleBlanks.tsx';

const channelChoices = () => [
  { value: '', label: t('pressure.allChannels') },
  ...channels.options.map((value) => ({ value, label: t(`grant.channel.${value}`) })),
];

/** A profile: whom it is for, and its caps. */
export function ProfileRules({ form, profile, at }: { form: Form; profile: Profile; at: number }) {
  const change = (next: Partial<Profile>) =>
    form.set({ profiles: form.rules.profiles.map((one, index) => (index === at ? { ...one, ...next } : one)) });
  const setCap = (index: number, next: Partial<Cap>) =>
    change({ caps: profile.caps.map((cap, one) => (one === index ? { ...cap, ...next } : cap)) });
  return (
    <div className={classes.profile}>
      <ProfileHead form={form} profile={profile} change={change} />
      <ul className={classes.kinds}>
        {profile.caps.length === 0 && <li>{t('pressure.noCap')}</li>}
        {profile.caps.map((cap, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: caps do not move
          <li key={index}>
            <Sentence
              of="pressure.capSentence"
              blanks={{
                most: (
                  <Count
                    form={form}
                    label="pressure.blank.most"
                    value={cap.most}
                    onChange={(most) => setCap(index, { most })}
                  />
                ),
                days: (
                  <Count
                    form={form}
                    label="pressure.blank.days"
                    value={cap.days}
                    min={1}
                    max={365}
                    onChange={(days) => setCap(index, { days })}
                  />
                ),
                channel: (
                  <Choice
                    form={form}
                    label="pressure.blank.channel"
                    value={cap.channel ?? ''}
                    choices={channelChoices()}
                    onChange={(value) => setCap(index, { channel: (value || null) as Cap['channel'] })}
                  />
                ),
              }}
            />
            {form.mayChange && (
              <Remove
                label={t('pressure.removeCap')}
                onClick={() => change({ caps: profile.caps.toSpliced(index, 1) })}
              />
            )}
          </li>
        ))}
      </ul>
      {form.mayChange && profile.caps.length < 6 && (
        <Add
          label={t('pressure.addCap')}
          onClick={() => change({ caps: [...profile.caps, { days: 30, channel: null, most: 10 }] })}
        />
      )}
    </div>
  );
}

/** Whom it is for: everybody, or messages for a purpose to private or business addresses. */
function ProfileHead({
  form,
  profile,
  change,
}: {
  form: Form;
  profile: Profile;
  change: (next: Partial<Profile>) => void;
}) {
  if (profile.key === 'default') return <p className={classes.subject}>{t('pressure.everybody')}</p>;
  const { fits } = profile;
  const setFits = (next: Partial<NonNullable<Profile['fits']>>) => fits && change({ fits: { ...fits, ...next } });
  const purposeChoices = [
    { value: '', label: t('pressure.anyPurpose') },
    ...purposes.options.map((value) => ({ value, label: t(`grant.purpose.${value}`) })),
  ];
  const addressChoices = (['', 'private', 'business'] as const).map((value) => ({
    value,
    label: t(`pressure.address.${value || 'any'}`),
  }));
  return (
    <p className={classes.subject}>
      {form.mayChange ? (
        <BlankText
          label={t('pressure.blank.name')}
          value={profile.name}
          onChange={(name) => change({ name })}
          onDone={() => {}}
        />
      ) : (
        profile.name
      )}{' '}
      {fits ? (
        <Sentence
          of="pressure.fits"
          blanks={{
            purpose: (
              <Choice
                form={form}
                label="pressure.blank.purpose"
                value={fits.purposes[0] ?? ''}
                choices={purposeChoices}
                onChange={(value) => setFits({ purposes: value ? [value as (typeof purposes.options)[number]] : [] })}
              />
            ),
            address: (
              <Choice
                form={form}
                label="pressure.blank.address"
                value={fits.address ?? ''}
                choices={addressChoices}
                onChange={(value) => setFits({ address: (value || null) as 'private' | null })}
              />
            ),
          }}
        />
      ) : (
        t('pressure.assigned')
      )}
      {form.mayChange && (
        <Remove
          label={t('pressure.removeProfile', { name: profile.name })}
          onClick={() => form.set({ profiles: form.rules.profiles.filter((one) => one !== profile) })}
        />
      )}
    </p>
  );
}

export function AddProfile({ form }: { form: Form }) {
  const add = () => {
    const taken = new Set(form.rules.profiles.map(({ key }) => key));
    let at = 1;
    while (taken.has(`profile_${at}`)) at++;
    const fits = { purposes: [], address: 'private' as const };
    const name = t('pressure.newProfile', { number: at });
    form.set({
      profiles: [
        ...form.rules.profiles,
        { key: `profile_${at}`, name, fits, caps: [{ days: 30, channel: null, most: 6 }] },
      ],
    });
  };
  return form.rules.profiles.length < 20 ? <Add label={t('pressure.addProfile')} onClick={add} /> : null;
}
