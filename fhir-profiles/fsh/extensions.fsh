// Extensions. Their URLs are those of docs/fhir-mapping.md; none of them changes the meaning of what it stands on.

Extension: StatementSource
Id: source
Title: "Source of a statement"
Description: "On what ground the statement rests: observed, tested, reported by the patient, from a specialist, inferred."
Context: Observation, RiskAssessment, ClinicalImpression, Condition, CarePlan.activity.detail
* value[x] 1..1
* value[x] only code
* value[x] from $vs-source (required)

Extension: DiagnosisLink
Id: diagnosis-link
Title: "Diagnosis that a statement follows from"
Description: "The diagnosis of the same certificate that explains the statement. Named diagnosis-link because the profile of the Condition has the name diagnosis."
Context: Observation, RiskAssessment, ClinicalImpression, CarePlan.activity.detail
* value[x] 1..1
* value[x] only Reference(CertificateDiagnosis)

Extension: TreatmentStatus
Id: treatment-status
Title: "Status of a treatment"
Description: "How far the treatment has come; wins over R4's own status, which has no word for waiting, investigation or no progression."
Context: CarePlan.activity.detail
* value[x] 1..1
* value[x] only code
* value[x] from $vs-treatment-status (required)

Extension: ExpectedToImprove
Id: expected-to-improve
Title: "Expected to improve function"
Description: "Whether the treatment is expected to improve function: yes, no, uncertain."
Context: CarePlan.activity.detail
* value[x] 1..1
* value[x] only code
* value[x] from $vs-expected-to-improve (required)

Extension: CombinableWithActivity
Id: combinable-with-activity
Title: "Can be combined with activity"
Description: "Whether the treatment can be combined with activity: yes, with limits, no."
Context: CarePlan.activity.detail
* value[x] 1..1
* value[x] only code
* value[x] from $vs-combinable (required)

Extension: HarmSeverity
Id: severity
Title: "Severity of the harm"
Description: "How serious the harm would be if it came about; R4's qualitativeRisk says how likely it is, which is another question."
Context: RiskAssessment.prediction
* value[x] 1..1
* value[x] only code
* value[x] from $vs-severity (required)

Extension: SafeLimit
Id: safe-limit
Title: "Limit under which an activity is safe"
Description: "Kind of limit and how much, for an activity that poses a health risk."
Context: RiskAssessment
* extension contains kind 1..1 and quantity 1..1
* extension[kind].value[x] 1..1
* extension[kind].value[x] only code
* extension[kind].value[x] from $vs-limit (required)
* extension[quantity].value[x] 1..1
* extension[quantity].value[x] only Quantity
* extension[quantity].valueQuantity.value 1..1
* extension[quantity].valueQuantity.system 1..1
* extension[quantity].valueQuantity.system = $ucum
* extension[quantity].valueQuantity.code 1..1
* extension[quantity].valueQuantity.code from $vs-limit-unit (required)

Extension: RiskAdaptation
Id: adaptation
Title: "Adaptation that removes a risk"
Description: "What makes the activity safe; repeats. RiskAssessment.mitigation is prose and cannot carry a code."
Context: RiskAssessment
* value[x] 1..1
* value[x] only code
* value[x] from $vs-adaptation (required)

RuleSet: DurationValue
* value[x] 1..1
* value[x] only Duration
* valueDuration.value 1..1
* valueDuration.system 1..1
* valueDuration.system = $ucum
* valueDuration.code 1..1
* valueDuration.code from $vs-duration-unit (required)

Extension: ExpectedWait
Id: expected-wait
Title: "Expected wait"
Description: "How long the patient is expected to wait after a referral, in days, weeks, months or years."
Context: CarePlan.activity.detail
* insert DurationValue

Extension: Horizon
Id: horizon
Title: "Horizon of the prognosis"
Description: "How far ahead the prognosis looks, in days, weeks, months or years."
Context: ClinicalImpression
* insert DurationValue

Extension: IllnessDuration
Id: illness-duration
Title: "Expected duration of the illness"
Description: "From the date of the statement, in days, weeks, months or years."
Context: ClinicalImpression
* insert DurationValue

Extension: ReducedFunctionDuration
Id: reduced-function-duration
Title: "Expected duration of reduced function"
Description: "From the date of the statement, in days, weeks, months or years."
Context: ClinicalImpression
* insert DurationValue

Extension: PrognosisCertainty
Id: certainty
Title: "Certainty of the prognosis"
Description: "How sure the clinician is: high, moderate, low."
Context: ClinicalImpression
* value[x] 1..1
* value[x] only code
* value[x] from $vs-certainty (required)

Extension: UncertainBecause
Id: uncertain-because
Title: "Why the prognosis is uncertain"
Description: "Reason given when the course is uncertain."
Context: ClinicalImpression
* value[x] 1..1
* value[x] only code
* value[x] from $vs-uncertain-because (required)

Extension: ReviewDate
Id: review-date
Title: "Review date"
Description: "When the clinician means the prognosis should be looked at again."
Context: ClinicalImpression
* value[x] 1..1
* value[x] only date

Extension: OccupationalInjury
Id: occupational-injury
Title: "To be considered as an occupational injury"
Description: "Whether the clinician means that the condition should be considered as an occupational injury: yes, no, unknown."
Context: Condition
* value[x] 1..1
* value[x] only code
* value[x] from $vs-yes-no (required)

Extension: InjuryDate
Id: injury-date
Title: "Date of the injury"
Description: "When the injury happened that should be considered as an occupational one."
Context: Condition
* value[x] 1..1
* value[x] only date

Extension: ContentSha256
Id: sha256
Title: "SHA-256 of the attached bytes"
Description: "Hexadecimal SHA-256 that the sender computed; Attachment.hash is SHA-1 by definition. The gateway computes its own."
Context: Attachment
* value[x] 1..1
* value[x] only string
* value[x] obeys sha256-form

Invariant: sha256-form
Description: "A SHA-256 is 64 hexadecimal digits."
Severity: #error
Expression: "$this.matches('^[0-9a-fA-F]{64}$')"

Extension: FindingPlace
Id: finding
Title: "Where a finding is"
Description: "Item, domain element, line and column, and the span in code points, beside the FHIRPath in the issue's expression."
Context: OperationOutcome.issue
* extension contains item 0..1 and element 0..1 and line 0..1 and column 0..1 and span 0..1
* extension[item].value[x] 1..1
* extension[item].value[x] only code
* extension[element].value[x] 1..1
* extension[element].value[x] only string
* extension[line].value[x] 1..1
* extension[line].value[x] only positiveInt
* extension[column].value[x] 1..1
* extension[column].value[x] only positiveInt
* extension[span].extension contains start 1..1 and end 1..1
* extension[span].extension[start].value[x] 1..1
* extension[span].extension[start].value[x] only unsignedInt
* extension[span].extension[end].value[x] 1..1
* extension[span].extension[end].value[x] only unsignedInt

Extension: ReceiptFacts
Id: receipt
Title: "Receipt"
Description: "What the gateway registered: its own id and version of the certificate, arrival, first attempt, verdict, who signed, and where something was removed."
Context: OperationOutcome
* extension contains certificate 0..1 and version 0..1 and arrival 1..1 and first-attempt 0..1 and verdict 1..1 and duplicate-of 0..1 and signer 0..1 and removed 0..*
* extension[certificate].value[x] 1..1
* extension[certificate].value[x] only string
* extension[version].value[x] 1..1
* extension[version].value[x] only positiveInt
* extension[arrival].value[x] 1..1
* extension[arrival].value[x] only instant
* extension[first-attempt].value[x] 1..1
* extension[first-attempt].value[x] only instant
* extension[verdict].value[x] 1..1
* extension[verdict].value[x] only code
* extension[verdict].value[x] from $vs-verdict (required)
* extension[duplicate-of].value[x] 1..1
* extension[duplicate-of].value[x] only string
* extension[signer].extension contains certificate 0..1 and key 0..1 and organisation 0..1
* extension[signer].extension[certificate] ^short = "SHA-256 of the certificate, in hexadecimal digits"
* extension[signer].extension[certificate].value[x] 1..1
* extension[signer].extension[certificate].value[x] only string
* extension[signer].extension[key] ^short = "The name of the registered key, where no certificate signed"
* extension[signer].extension[key].value[x] 1..1
* extension[signer].extension[key].value[x] only string
* extension[signer].extension[organisation] ^short = "The organisation number in the certificate"
* extension[signer].extension[organisation].value[x] 1..1
* extension[signer].extension[organisation].value[x] only string
* extension[removed].extension contains item 1..1 and path 1..1
* extension[removed].extension[item].value[x] 1..1
* extension[removed].extension[item].value[x] only code
* extension[removed].extension[path].value[x] 1..1
* extension[removed].extension[path].value[x] only string
