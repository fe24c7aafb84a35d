/** The page of a form. `?lang=fr|en` in one language. */
export const formPath = '/forms/:workspaceId/:channelId';
/** What is shown once it was sent. */
export const thanksPath = '/forms/:workspaceId/:channelId/thanks';
/** Where the link of a mail leads. */
export const confirmPath = '/forms/confirm/:token';
