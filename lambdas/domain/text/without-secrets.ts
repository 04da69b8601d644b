/** What another program said, for people who must know it: passwords, keys and tokens in it are left out. */

/** Each with what stays of it. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // Whole: the user's name and host are of no use without what is left out, and a password may hold any character.
  [/\b(postgres(?:ql)?):\/\/\S+/gi, '$1://…'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1…@'],
  [/\b(password|passwd|pgpassword|secret|token|api[_-]?key)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi, '$1$2…'],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^\s&]+/gi, '$1=…'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 …'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '…'],
];

/**
 * @example
 * withoutSecrets('could not reach postgres://app:pw@db/x: password=pw') // 'could not reach postgres://…: password=…'
 */
export const withoutSecrets = (text: string): string =>
  secrets.reduce((words, [pattern, kept]) => words.replaceAll(pattern, kept), text);
