<?xml version="1.0" encoding="UTF-8"?>
<!-- The order as a message of ETSI TS 103 120, profile hi1-td: an authorisation (the order), a
     document (the exact bytes of the court-sealed PDF) and one task for each relevant item. ETSI has
     no task to restrict, so a TDTaskObject carries a national flag. The message is the service: it
     says no time of service. Ids are made of what the message says anyway (whose order, its date and
     reference, the place in it) and never of an identifier or a number of ours, which could be found
     from them by trying. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="http://uri.etsi.org/03120/common/2019/10/Core"
	xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
	xmlns:c="http://uri.etsi.org/03120/common/2016/02/Common"
	xmlns:a="http://uri.etsi.org/03120/common/2020/09/Authorisation"
	xmlns:t="http://uri.etsi.org/03120/common/2020/09/Task"
	xmlns:d="http://uri.etsi.org/03120/common/2020/09/Document"
	xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8" indent="yes"/>
	<xsl:param name="case-id"/>
	<xsl:param name="time"/>
	<xsl:param name="training"/>
	<xsl:variable name="profile">GB-TRO</xsl:variable>
	<xsl:variable name="sender" select="tro:register('forces', string(/case/force), 'etsi-authority')"/>
	<xsl:variable name="desk" select="tro:register('forces', string(/case/force), 'desk')"/>
	<xsl:variable name="court" select="tro:register('courts', string(/case/court), 'name')"/>
	<xsl:variable name="key" select="concat('order/', /case/orders/order/provider, '/', /case/orders/order/made/date, '/', /case/orders/order/made/court-reference)"/>

	<xsl:template match="/case"><xsl:apply-templates select="orders/order"/></xsl:template>

	<xsl:template match="order">
		<HI1Message>
			<Header>
				<SenderIdentifier><CountryCode>GB</CountryCode><UniqueIdentifier><xsl:value-of select="$sender"/></UniqueIdentifier></SenderIdentifier>
				<ReceiverIdentifier><xsl:call-template name="receiver"/></ReceiverIdentifier>
				<TransactionIdentifier><xsl:value-of select="tro:uuid(concat($key, '/message/', $time))"/></TransactionIdentifier>
				<Timestamp><xsl:value-of select="$time"/></Timestamp>
				<Version><ETSIVersion>V1.23.1</ETSIVersion><NationalProfileOwner><xsl:value-of select="$profile"/></NationalProfileOwner><NationalProfileVersion>hi1-td/1</NationalProfileVersion></Version>
			</Header>
			<Payload><RequestPayload><ActionRequests>
				<ActionRequest><ActionIdentifier>0</ActionIdentifier><CREATE><xsl:apply-templates select="." mode="authorisation"/></CREATE></ActionRequest>
				<ActionRequest><ActionIdentifier>1</ActionIdentifier><CREATE><xsl:apply-templates select="made/sealed"/></CREATE></ActionRequest>
				<xsl:for-each select="schedule/row[not(@excepted)]">
					<ActionRequest><ActionIdentifier><xsl:value-of select="position() + 1"/></ActionIdentifier><CREATE><xsl:apply-templates select="."/></CREATE></ActionRequest>
				</xsl:for-each>
			</ActionRequests></RequestPayload></Payload>
		</HI1Message>
	</xsl:template>

	<xsl:template match="order" mode="authorisation">
		<HI1Object xsi:type="a:AuthorisationObject">
			<ObjectIdentifier><xsl:value-of select="tro:uuid($key)"/></ObjectIdentifier>
			<CountryCode>GB</CountryCode>
			<OwnerIdentifier><xsl:value-of select="$sender"/></OwnerIdentifier>
			<xsl:if test="string(made/court-reference) != ''"><ExternalIdentifier>court claim number <xsl:value-of select="made/court-reference"/></ExternalIdentifier></xsl:if>
			<a:AuthorisationReference><xsl:value-of select="$case-id"/></a:AuthorisationReference>
			<a:AuthorisationLegalType><xsl:call-template name="own"><xsl:with-param name="name">AuthorisationLegalType</xsl:with-param><xsl:with-param name="value">DDTRO-2017</xsl:with-param></xsl:call-template></a:AuthorisationLegalType>
			<a:AuthorisationPriority><c:Owner>ETSI</c:Owner><c:Name>AuthorisationPriority</c:Name><c:Value>High</c:Value></a:AuthorisationPriority>
			<a:AuthorisationDesiredStatus><c:Owner>ETSI</c:Owner><c:Name>AuthorisationDesiredStatus</c:Name><c:Value>SubmittedToCSP</c:Value></a:AuthorisationDesiredStatus>
			<xsl:if test="string(ends) != ''">
				<a:AuthorisationTimespan><a:EndTime><xsl:value-of select="tro:offset-time(string(ends))"/></a:EndTime></a:AuthorisationTimespan>
			</xsl:if>
			<a:AuthorisationCSPID><a:CSPID><xsl:call-template name="receiver"/></a:CSPID></a:AuthorisationCSPID>
			<a:AuthorisationApprovalDetails>
				<c:ApprovalType>CourtOrder</c:ApprovalType>
				<c:ApprovalDescription>Drug dealing telecommunications restriction order dated <xsl:value-of select="tro:long-date(string(made/date))"/><xsl:for-each select="variations/variation">, as varied on <xsl:value-of select="tro:long-date(string(date))"/></xsl:for-each> (SI 2017/1240)</c:ApprovalDescription>
				<xsl:if test="string(made/court-reference) != ''"><c:ApprovalReference><xsl:value-of select="made/court-reference"/></c:ApprovalReference></xsl:if>
				<c:ApproverDetails><xsl:if test="string(made/judge) != ''"><c:ApproverName><xsl:value-of select="made/judge"/></c:ApproverName></xsl:if><c:ApproverRole>Judge, <xsl:value-of select="$court"/></c:ApproverRole></c:ApproverDetails>
				<c:ApprovalIsEmergency>false</c:ApprovalIsEmergency>
			</a:AuthorisationApprovalDetails>
			<xsl:if test="$training = 'yes'">
				<a:AuthorisationFlags><a:AuthorisationFlag><c:Owner>ETSI</c:Owner><c:Name>AuthorisationFlag</c:Name><c:Value>IsTest</c:Value></a:AuthorisationFlag></a:AuthorisationFlags>
			</xsl:if>
			<a:AuthorisationManualInformation><xsl:if test="$training = 'yes'">TRAINING: not a real case. </xsl:if>Transcription; the sealed order prevails. <xsl:if test="agreed-earlier/date">The deadline is the earlier time that was agreed under regulation 3(6). </xsl:if><xsl:for-each select="schedule/row[@excepted]">The order does not apply to No. <xsl:value-of select="@number"/> of its schedule (regulation 5(2)). </xsl:for-each>Tell the applicant and Ofcom as soon as reasonably practicable once you have complied (regulation 6). Desk: <xsl:value-of select="$desk"/></a:AuthorisationManualInformation>
			<a:AuthorisationJurisdiction>England and Wales</a:AuthorisationJurisdiction>
		</HI1Object>
	</xsl:template>

	<xsl:template match="sealed">
		<xsl:variable name="contents" select="tro:exhibit-base64(string(@sha256))"/>
		<HI1Object xsi:type="d:DocumentObject">
			<ObjectIdentifier><xsl:value-of select="tro:uuid(concat($key, '/sealed'))"/></ObjectIdentifier>
			<CountryCode>GB</CountryCode>
			<OwnerIdentifier><xsl:value-of select="$sender"/></OwnerIdentifier>
			<AssociatedObjects><AssociatedObject><xsl:value-of select="tro:uuid($key)"/></AssociatedObject></AssociatedObjects>
			<d:DocumentReference><xsl:value-of select="$case-id"/>/order</d:DocumentReference>
			<d:DocumentName>Order sealed by the court</d:DocumentName>
			<d:DocumentType><xsl:call-template name="own"><xsl:with-param name="name">DocumentType</xsl:with-param><xsl:with-param name="value">SealedOrder</xsl:with-param></xsl:call-template></d:DocumentType>
			<d:DocumentBody>
				<!-- A scan too large for a message comes with the container alone; its checksum stands here. -->
				<xsl:if test="$contents != ''"><d:Contents><xsl:value-of select="$contents"/></d:Contents></xsl:if>
				<d:ContentType><xsl:value-of select="@media"/></d:ContentType>
				<d:Checksum><xsl:value-of select="@sha256"/></d:Checksum>
				<d:ChecksumType>SHA-256</d:ChecksumType>
			</d:DocumentBody>
		</HI1Object>
	</xsl:template>

	<xsl:template match="row">
		<xsl:variable name="order" select="ancestor::order"/>
		<HI1Object xsi:type="t:TDTaskObject">
			<ObjectIdentifier><xsl:value-of select="tro:uuid(concat($key, '/item/', @number))"/></ObjectIdentifier>
			<CountryCode>GB</CountryCode>
			<OwnerIdentifier><xsl:value-of select="$sender"/></OwnerIdentifier>
			<AssociatedObjects><AssociatedObject><xsl:value-of select="tro:uuid($key)"/></AssociatedObject></AssociatedObjects>
			<t:RequesterReference><xsl:value-of select="concat($case-id, '/', @number)"/></t:RequesterReference>
			<t:DesiredStatus><c:Owner>ETSI</c:Owner><c:Name>TDTaskDesiredStatus</c:Name><c:Value>Pending</c:Value></t:DesiredStatus>
			<t:RequestDetails>
				<t:RequestValues><xsl:apply-templates select="identifier"/></t:RequestValues>
				<t:RequestValueRefinement><xsl:for-each select="action"><xsl:if test="position() != 1">; </xsl:if><xsl:value-of select="@title"/></xsl:for-each></t:RequestValueRefinement>
			</t:RequestDetails>
			<t:CSPID><xsl:call-template name="receiver"><xsl:with-param name="provider" select="$order/provider"/></xsl:call-template></t:CSPID>
			<t:Flags>
				<t:TDTaskFlag><xsl:call-template name="own"><xsl:with-param name="name">TaskKind</xsl:with-param><xsl:with-param name="value">RestrictDevice</xsl:with-param></xsl:call-template></t:TDTaskFlag>
				<xsl:for-each select="action">
					<t:TDTaskFlag><xsl:call-template name="own"><xsl:with-param name="name">Action</xsl:with-param><xsl:with-param name="value" select="@code"/></xsl:call-template></t:TDTaskFlag>
				</xsl:for-each>
				<xsl:if test="$training = 'yes'">
					<t:TDTaskFlag><xsl:call-template name="own"><xsl:with-param name="name">TDTaskFlag</xsl:with-param><xsl:with-param name="value">IsTest</xsl:with-param></xsl:call-template></t:TDTaskFlag>
				</xsl:if>
			</t:Flags>
			<xsl:if test="string($order/comply-by) != ''"><t:Deadlines><t:TakedownDeadline>
				<t:DateTime><xsl:value-of select="tro:offset-time(string($order/comply-by))"/></t:DateTime>
				<t:NatureOfDeadline><xsl:call-template name="own"><xsl:with-param name="name">DeadlineNature</xsl:with-param><xsl:with-param name="value">ComplyBy</xsl:with-param></xsl:call-template></t:NatureOfDeadline>
			</t:TakedownDeadline></t:Deadlines></xsl:if>
			<t:ManualInformation>Desk: <xsl:value-of select="$desk"/></t:ManualInformation>
		</HI1Object>
	</xsl:template>

	<!-- International E.164 is digits without a plus; 15 digits of an IMEI include the check digit. -->
	<xsl:template match="identifier[@type = 'msisdn']"><xsl:call-template name="value"><xsl:with-param name="format">InternationalE164</xsl:with-param><xsl:with-param name="value" select="substring-after(@value, '+')"/></xsl:call-template></xsl:template>
	<xsl:template match="identifier[@type = 'imei']"><xsl:call-template name="value"><xsl:with-param name="format">IMEICheckDigit</xsl:with-param></xsl:call-template></xsl:template>
	<xsl:template match="identifier[@type = 'imeisv']"><xsl:call-template name="value"><xsl:with-param name="format">IMEISV</xsl:with-param></xsl:call-template></xsl:template>
	<xsl:template match="identifier[@type = 'imsi']"><xsl:call-template name="value"><xsl:with-param name="format">IMSI</xsl:with-param></xsl:call-template></xsl:template>
	<xsl:template match="identifier[@type = 'iccid'][string-length(@value) = 19 or string-length(@value) = 20]"><xsl:call-template name="value"><xsl:with-param name="format">ICCID</xsl:with-param></xsl:call-template></xsl:template>
	<xsl:template match="identifier[@type = 'mac']"><xsl:call-template name="value"><xsl:with-param name="format">MACAddress</xsl:with-param></xsl:call-template></xsl:template>
	<!-- What ETSI has no format for has one of ours. -->
	<xsl:template match="identifier"><xsl:call-template name="value"><xsl:with-param name="owner" select="$profile"/><xsl:with-param name="format" select="@type"/></xsl:call-template></xsl:template>

	<xsl:template name="value">
		<xsl:param name="owner">ETSI</xsl:param>
		<xsl:param name="format"/>
		<xsl:param name="value" select="@value"/>
		<t:RequestValue><t:FormatType><t:FormatOwner><xsl:value-of select="$owner"/></t:FormatOwner><t:FormatName><xsl:value-of select="$format"/></t:FormatName></t:FormatType><t:Value><xsl:value-of select="$value"/></t:Value></t:RequestValue>
	</xsl:template>

	<xsl:template name="own">
		<xsl:param name="name"/>
		<xsl:param name="value"/>
		<c:Owner><xsl:value-of select="$profile"/></c:Owner><c:Name><xsl:value-of select="$name"/></c:Name><c:Value><xsl:value-of select="$value"/></c:Value>
	</xsl:template>

	<xsl:template name="receiver">
		<xsl:param name="provider" select="provider"/>
		<CountryCode><xsl:value-of select="tro:register('providers', string($provider), 'etsi-country')"/></CountryCode>
		<UniqueIdentifier><xsl:value-of select="tro:register('providers', string($provider), 'etsi-operator')"/></UniqueIdentifier>
	</xsl:template>
</xsl:stylesheet>
