// Which item of the certificate each profile carries; the target is the code system of items.

Mapping: PatientItem
Source: CertificatePatient
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "patient"

Mapping: AuthorItem
Source: CertificateAuthor
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "author"

Mapping: PractitionerItem
Source: CertificatePractitioner
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "author"

Mapping: OrganizationItem
Source: CertificateOrganization
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "author"

Mapping: EmploymentItem
Source: EmploymentStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "employment"

Mapping: DiagnosisItem
Source: CertificateDiagnosis
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "diagnosis"

Mapping: HistoryItem
Source: HistoryStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "history"

Mapping: FindingsItem
Source: ClinicalFinding
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "findings"

Mapping: OnsetItem
Source: OnsetStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "onset"

Mapping: TreatmentItem
Source: TreatmentPlan
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "treatment"

Mapping: FunctionItem
Source: FunctionStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "function"

Mapping: HealthRiskItem
Source: HealthRisk
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "health-risk"

Mapping: ActivityItem
Source: ActivityStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "activity"

Mapping: PrognosisItem
Source: PrognosisStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "prognosis"

Mapping: SpecialistItem
Source: SpecialistStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "specialist"

Mapping: AssessmentItem
Source: AssessmentStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "assessment"

Mapping: ReservationItem
Source: ReservationStatement
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "reservation"

Mapping: AttachmentItem
Source: CertificateAttachment
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* -> "attachment"

Mapping: CertificateItems
Source: Certificate
Target: "https://certgateway.example/fhir/CodeSystem/certificate-item"
Id: item
Title: "Item of the certificate"
* subject -> "patient"
* author -> "author"
* event[contact] -> "author"
* event[purpose] -> "purpose"
* event[contact-wish] -> "author"
* section[employment] -> "employment"
* section[diagnosis] -> "diagnosis"
* section[history] -> "history"
* section[findings] -> "findings"
* section[onset] -> "onset"
* section[treatment] -> "treatment"
* section[function] -> "function"
* section[health-risk] -> "health-risk"
* section[activity] -> "activity"
* section[prognosis] -> "prognosis"
* section[specialist] -> "specialist"
* section[assessment] -> "assessment"
* section[reservation] -> "reservation"
* section[attachment] -> "attachment"
