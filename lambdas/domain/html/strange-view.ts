/** What lies among a run's evidence and is not of the run: shown to whoever is about to decide, and to whoever looks on. */
import { type Html, html } from './html';

/** Nothing where nothing is strange. */
export const strangeView = (strange: readonly string[]): Html | null =>
  strange.length === 0
    ? null
    : html`<div class="note bad" role="alert"><strong>Somebody has written among the evidence of this run.</strong>
What is not of the run is not counted here, and the next step of an apply stops over it.
<ul>${strange.map((one) => html`<li>${one}</li>`)}</ul></div>`;
