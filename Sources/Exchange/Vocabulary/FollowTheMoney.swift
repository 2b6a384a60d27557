/// The properties of FollowTheMoney by the schemas that may stand for a subject.
///
/// After its schemata, version 4.11.2 (https://github.com/opensanctions/followthemoney); `eori`, `mrz` and `vin` are
/// ours.
enum FollowTheMoney {
    /// What a schema has of its own stands indented below its name and those of the schemas that it extends.
    private static let schemata = """
        Thing:
            name alias previousName weakAlias country summary notes description sourceUrl publisher
            publisherUrl alephUrl wikipediaUrl wikidataId keywords topics address addressEntity program
            programId proof riskSource indexText createdAt modifiedAt retrievedAt
        Value:
            amount currency amountUsd amountEur
        Interval:
            startDate endDate date summary description recordId sourceUrl proof publisher publisherUrl
            alephUrl namesMentioned indexText modifiedAt retrievedAt
        Asset < Thing Value:
        LegalEntity < Thing:
            abbreviation email phone website legalForm incorporationDate dissolutionDate taxStatus status
            sector classification registrationNumber idNumber taxNumber licenseNumber vatCode jurisdiction
            mainCountry opencorporatesUrl bvdId sayariId brightQueryId brightQueryOrgId uscCode icijId
            okpoCode innCode ogrnCode okvedCode leiCode dunsCode uniqueEntityId npiCode swiftBic parent eori
        Person < LegalEntity:
            title firstName secondName middleName fatherName motherName lastName nameSuffix birthDate
            birthPlace birthCountry deathDate position biography nationality citizenship passportNumber
            socialSecurityNumber gender ethnicity height weight eyeColor hairColor appearance religion
            political profession education spokenLanguage
        Organization < LegalEntity:
            cageCode permId imoNumber giiNumber
        PublicBody < Organization:
        Company < Organization Asset:
            capital voenCode coatoCode irsCode ipoCode cikCode jibCode mbsCode caemCode kppCode okopfCode
            fnsCode fssCode bikCode pfrNumber oksmCode isinCode ticker ricCode
        Vehicle < Asset:
            registrationNumber type model owner operator buildDate registrationDate deregistrationDate vin
        Vessel < Vehicle:
            imoNumber crsNumber flag registrationPort navigationArea tonnage grossRegisteredTonnage
            deadweightTonnage nameChangeDate callSign pastFlags pastTypes mmsi
        Airplane < Vehicle:
            serialNumber icaoCode manufacturer
        BankAccount < Asset:
            bankName accountNumber iban bic bank accountType openingDate closingDate balance balanceDate
            maxBalance maxBalanceDate bankAddress
        CryptoWallet < Thing Value:
            publicKey cryptoAddress privateKey accountId creationDate currencySymbol blockchain
            managingExchange holder balance balanceDate custodyType
        Address < Thing:
            full remarks postOfficeBox street street2 city postalCode region state latitude longitude osmId
            googlePlaceId
        Identification < Interval:
            holder type country number authority mrz
        Passport < Identification:
            passportNumber surname givenName birthDate birthPlace gender personalNumber
        """

    /// The names of all properties of each schema, the inherited ones too.
    private static let properties: [String: Set<String>] = {
        var properties: [String: Set<String>] = [:]
        var schema = ""
        for line in schemata.split(separator: "\n") {
            let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
            if line.hasPrefix(" ") {
                properties[schema]?.formUnion(words)
            } else {
                schema = words[0]
                properties[schema] = words.dropFirst().reduce(into: []) { $0.formUnion(properties[$1] ?? []) }
            }
        }
        return properties
    }()

    /// Why a name is no property of a schema, and the fix; nil for one that is, and for a schema that no subject has.
    static func refusal(of property: String, in schema: String) -> String? {
        guard let known = properties[schema], !known.contains(property) else { return nil }
        return
            "is no property of \(schema) in FollowTheMoney; use one that is (followthemoney.tech), or say it in description"
    }
}
