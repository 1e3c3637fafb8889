"""What is taken in one sitting with what the user took: the spectral model of sessions instead of whole histories."""

from jobs.candidates.sources.contract import Definition
from jobs.candidates.sources.spectral import source_of
from jobs.contract.reasons import Reason

SESSION = Definition(source_of("session"), "no pause between likes is longer than usual", Reason.BECAUSE)
