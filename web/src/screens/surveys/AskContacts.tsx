import { previewSending, type Survey, sendSurvey } from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { MailToMany } from '../outreach/MailToMany.tsx';
import { refreshSurveys } from './queries.ts';

interface AskContactsProps {
  survey: Survey;
  /** Who is chosen beforehand. */
  personIds?: readonly string[];
  opportunityId?: string;
  onClose: () => void;
}

/** Asks contacts by mail. */
export function AskContacts({ survey, personIds = [], opportunityId, onClose }: AskContactsProps) {
  const surveyId = survey.id;
  return (
    <MailToMany
      title={t('surveys.ask')}
      personIds={personIds}
      preview={{
        key: [previewSending.name, surveyId],
        read: (chosen) => call(previewSending, { surveyId, personIds: chosen }),
      }}
      send={async (chosen, words) => {
        const about = opportunityId ? { opportunityId } : {};
        const asked = await call(sendSurvey, { surveyId, personIds: chosen, ...words, ...about });
        await refreshSurveys();
        return asked;
      }}
      begin={{ subject: t('surveys.ask.subject.default'), text: t('surveys.ask.text.default') }}
      words={{
        allowed: t('surveys.ask.allowed'),
        send: (count) => t('surveys.ask.send', { count }),
        sent: (count) => t('surveys.ask.sent', { count }),
        refusals: 'surveys.refusal',
      }}
      hint={t('surveys.ask.told')}
      onClose={onClose}
    />
  );
}
