/** What an Object Lock keeps, where the installation has one: questions, answers, what closes a run, its report, and what verifies them. */

const ofRun = [
  // Neither the sealed task nor the wrong codes: they are needed while a question is open.
  'approvals/[a-z0-9-]+(\\.decision-[0-9a-f]{16})?\\.(json|[0-9a-f]{16}\\.sig)',
  'approve-[a-z0-9-]+\\.json',
  '(sign-off|close-run)\\.(json|[0-9a-f]{16}\\.sig)',
  'report\\.(json|md|html)',
  'keys/[a-z]+\\.pem',
];

const locked = new RegExp(`^runs/[^/]+/(${ofRun.join('|')})$`);

/** Dumps never are: a person may have to delete what a database held. */
export const isLockedFile = (key: string): boolean => locked.test(key);
