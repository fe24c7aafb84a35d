import { useSyncExternalStore } from 'react';
import { type ImportRecord, listImports, maxUpload, uploadPath } from '../../../../server/sources/contract.ts';
import { ApiError, apiBase, pageHeaders, problemIn, query } from '../../api.ts';
import { refresh } from '../../queries.ts';

/** A file on its way from this browser. Once received it is an import, and the server knows it. */
export interface Upload {
  key: string;
  fileName: string;
  size: number;
  /** Octets sent. */
  sent: number;
  error: unknown;
  cancel: () => void;
}

let uploads: readonly Upload[] = [];
const listeners = new Set<() => void>();

function keep(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}

export function forgetUpload(key: string): void {
  keep(uploads.filter((upload) => upload.key !== key));
}

/** Sends files one after the other; gives the imports made of them. Files that could not be sent stay listed with the reason. */
export async function sendFiles(files: readonly File[]): Promise<ImportRecord[]> {
  const waiting = files.map((file) => ({ file, request: new XMLHttpRequest(), key: crypto.randomUUID() }));
  const started = waiting.map(({ file, request, key }) => ({
    key,
    fileName: file.name,
    size: file.size,
    sent: 0,
    error: file.size > maxUpload ? new ApiError({ code: 'too_large' }) : null,
    cancel: () => {
      request.abort();
      forgetUpload(key);
    },
  }));
  keep([...uploads, ...started]);
  const received: ImportRecord[] = [];
  for (const { file, request, key } of waiting) {
    if (!uploads.some((upload) => upload.key === key && upload.error === null)) continue;
    try {
      received.push(await send(file, request, (sent) => change(key, { sent })));
      forgetUpload(key);
    } catch (error) {
      change(key, { error });
    }
    await refresh(listImports);
  }
  return received;
}

function change(key: string, difference: Partial<Upload>): void {
  keep(uploads.map((upload) => (upload.key === key ? { ...upload, ...difference } : upload)));
}

/** XMLHttpRequest, because fetch tells nothing of what has been sent. */
function send(file: File, request: XMLHttpRequest, onSent: (octets: number) => void): Promise<ImportRecord> {
  return new Promise((resolve, reject) => {
    request.open('POST', apiBase + uploadPath + query({ fileName: file.name }));
    request.setRequestHeader('content-type', 'application/octet-stream');
    for (const [name, value] of Object.entries(pageHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onerror = () => reject(new ApiError({ code: 'unavailable' }));
    request.onabort = request.onerror;
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as ImportRecord);
      else reject(new ApiError(problemIn(request.responseText, request.status)));
    };
    request.send(file);
  });
}
