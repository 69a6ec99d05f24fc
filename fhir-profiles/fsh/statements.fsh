// Clinical statements that are Observations, in the order of the form.

Profile: EmploymentStatement
Parent: Observation
Id: employment
Title: "Employment"
Description: "Occupation in words and by code, and whether there is an employer to return to, according to whom, on which date. From the form of 2008: several employments, work situation, and what the work demands."
* insert Statement
* code = $item#employment
* value[x] 0..0
* insert PlainPart(occupation, 1, string)
* insert CodedPart(returns, 1, $vs-yes-no)
* insert CodedPart(said-by, 1, $vs-informant)
* insert CodedPart(several, 1, $vs-yes-no)
* insert CodedPart(situation, *, $vs-work-situation)
* insert PlainPart(other-situation, 1, string)
* insert PlainPart(demands, 1, string)
* insert PlainPart(occupation-code, 1, string)

Profile: HistoryStatement
Parent: Observation
Id: history
Title: "History"
Description: "The patient's own account in prose; reported by the patient unless another source is given."
* insert Statement
* code = $item#history
* value[x] only string
* insert Prose

Profile: ClinicalFinding
Parent: Observation
Id: findings
Title: "Clinical finding"
Description: "A dated finding: an ICF code with qualifier, a measurement, or words."
* insert Statement
* code from $vs-finding (extensible)
* value[x] only string or Quantity
* valueQuantity.value 1..1
* valueQuantity.system 1..1
* valueQuantity.system = $ucum
* valueQuantity.code 1..1
* insert CodedPart(qualifier, 1, $vs-icf-qualifier)

Profile: OnsetStatement
Parent: Observation
Id: onset
Title: "Onset of reduced function"
Description: "Since when function is reduced, to the year, month or day, and how certain that is; a dataAbsentReason when it is unknown."
* insert Statement
* code = $item#onset
* value[x] only dateTime
* insert CodedPart(certainty, 1, $vs-onset-certainty)

Profile: FunctionStatement
Parent: Observation
Id: function
Title: "Function"
Description: "What the patient can do, with adaptation or not, at work or in daily life. The value is an ability; a dataAbsentReason without value means not assessed. Body functions (b-codes) carry the ICF qualifier only. Any ICF code may be used."
* insert Statement
* extension contains DiagnosisLink named diagnosis 0..1
* code from $vs-function (extensible)
* value[x] only CodeableConcept
* value[x] from $vs-ability (required)
* insert CodedPart(setting, 1, $vs-setting)
* insert CodedPart(qualifier, 1, $vs-icf-qualifier)
* insert CodedPart(variation, 1, $vs-variation)
* insert CodedPart(best, 1, $vs-ability)
* insert CodedPart(worst, 1, $vs-ability)
* insert CodedPart(adaptation, *, $vs-adaptation)
* insert Limits

Profile: ActivityStatement
Parent: Observation
Id: activity
Title: "Ability to take part in activity"
Description: "Whether the patient can take part in activity. A no needs scope, reason and period; where NAV described a measure, the clinician's medical view of it. From the form of 2008: whether and when the work can be taken up, and a measure that the clinician proposes."
* insert Statement
* code = $item#activity
* value[x] only CodeableConcept
* value[x] from $vs-participation (required)
* insert CodedPart(scope, 1, $vs-activity-scope)
* insert CodedPart(reason, 1, $vs-exemption-reason)
* insert CodedPart(measure-view, 1, $vs-measure-view)
* insert CodedPart(resumption, 1, $vs-resumption)
* insert CodedPart(measure, 1, $vs-proposed-measure)

Profile: SpecialistStatement
Parent: Observation
Id: specialist
Title: "Specialist statement"
Description: "A specialist's statement that exists or is attached, and what it means for function, in prose."
* insert Statement
* code = $item#specialist
* value[x] only string
* insert Prose
* insert CodedPart(specialty, 1, $vs-specialty)
* insert PlainPart(attached, 1, boolean)

Profile: AssessmentStatement
Parent: Observation
Id: assessment
Title: "Overall medical assessment"
Description: "The clinician's overall medical assessment in prose, or the answer in prose to a question of the form of 2008."
* insert Statement
* code = $item#assessment
* value[x] only string
* insert Prose
* insert CodedPart(question, 1, $vs-question)

Profile: ReservationStatement
Parent: Observation
Id: reservation
Title: "Reservation"
Description: "What must be kept from the patient (items; none named means all) and why."
* insert Statement
* code = $item#reservation
* value[x] only string
* insert CodedPart(item, *, $vs-item)
* insert CodedPart(reason, 1, $vs-reservation-reason)
