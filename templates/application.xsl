<?xml version="1.0" encoding="UTF-8"?>
<!-- The application for drug dealing telecommunications restriction orders in England and Wales: SI
     2017/1240 regulations 3 to 5, 9 and 11; statement of truth of CPR Practice Direction 22. Formal
     parts are the template's; grounds and everything else in own words are the applicant's. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:variable name="applicant" select="/case/people/person[@id = /case/application/applicant]"/>
	<xsl:variable name="deponent" select="/case/people/person[@id = /case/statement/deponent]"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>

	<xsl:template match="/case">
		<text name="application" part="application" title="Application for drug dealing telecommunications restriction orders"
			subtitle="Made without notice, to be heard and determined in private (regulations 4(2) and 11(1))"
			date="{tro:local-date($time)}" author="{$force}" force="{force}">
			<court>In <xsl:value-of select="tro:register('courts', string(court), 'name')"/></court>
			<claim>____________________</claim>
			<matter>In the matter of section 80A of the Serious Crime Act 2015</matter>
			<matter>and of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240) (“the Regulations”)</matter>
			<party role="Applicant"><xsl:value-of select="concat(tro:rank(string($applicant/@rank)), ' ', $applicant/@name, ', ', $force)"/></party>
			<xsl:apply-templates select="." mode="applicant"/>
			<xsl:apply-templates select="." mode="orders"/>
			<xsl:apply-templates select="application"/>
			<xsl:apply-templates select="orders[order/proposed/privacy = 'yes']" mode="privacy"/>
			<xsl:apply-templates select="." mode="closing"/>
			<xsl:apply-templates select="." mode="truth"/>
		</text>
	</xsl:template>

	<xsl:template match="case" mode="applicant">
		<section title="The applicant">
			<para>The applicant is <xsl:value-of select="$applicant/@name"/>, <xsl:value-of select="tro:rank(string($applicant/@rank))"/>, of <xsl:value-of select="concat($applicant/@office, ', ', $force)"/>, who applies under regulation 4(1).</para>
			<para>The applicant’s own decision goes with this application, as a document of its own that the applicant has signed.</para>
		</section>
	</xsl:template>

	<xsl:template match="case" mode="orders">
		<section title="What the court is asked to order">
			<para>The court is asked to make, against each of the communications providers named here, an order under regulation 3 in the terms of the draft that goes with this application:<xsl:for-each select="orders/order">
				<sub><xsl:value-of select="concat(tro:register('providers', string(provider), 'legal-name'), ' (company number ', tro:register('providers', string(provider), 'company-number'), '), ', tro:register('providers', string(provider), 'registered-office'))"/></sub>
			</xsl:for-each></para>
			<para>The relevant items are those in the schedule of relevant items that goes with this application, <xsl:value-of select="count(items/item)"/> in number. Each is said there to have been used, to be likely to have been used, or to be likely to be used in the future, in connection with drug dealing offences, with the place in the exhibits where that appears.</para>
			<para>The terms asked for are these.</para>
			<table caption="Terms asked for, by provider">
				<head><cell>Provider</cell><cell>To be complied with by</cell><cell>Duration</cell><cell>Exception of items found not to be so used, regulation 3(3)</cell><cell>Costs of compliance, regulation 7</cell></head>
				<xsl:for-each select="orders/order">
					<row>
						<cell><xsl:value-of select="tro:register('providers', string(provider), 'name')"/></cell>
						<cell><xsl:choose>
							<xsl:when test="string(proposed/comply-date) = ''">The end of the fifth working day after the date of the order</xsl:when>
							<xsl:otherwise><xsl:call-template name="moment"><xsl:with-param name="date" select="proposed/comply-date"/><xsl:with-param name="clock" select="proposed/comply-time"/></xsl:call-template></xsl:otherwise>
						</xsl:choose></cell>
						<cell><xsl:choose>
							<xsl:when test="string(proposed/until) = ''">Until discharged under regulation 10</xsl:when>
							<xsl:otherwise>To the end of <xsl:value-of select="tro:long-date(string(proposed/until))"/></xsl:otherwise>
						</xsl:choose></cell>
						<cell><xsl:choose><xsl:when test="proposed/carve-out = 'yes'">Asked for</xsl:when><xsl:otherwise>Not asked for</xsl:otherwise></xsl:choose></cell>
						<cell><xsl:choose><xsl:when test="string(proposed/costs) != ''"><xsl:value-of select="proposed/costs"/></xsl:when><xsl:otherwise>No order asked for</xsl:otherwise></xsl:choose></cell>
					</row>
				</xsl:for-each>
			</table>
			<xsl:for-each select="orders/order[string(proposed/comply-date) != '']">
				<para>The applicant asks under regulation 3(5) that the order against <xsl:value-of select="tro:register('providers', string(provider), 'name')"/> be complied with by the date and time in the table, for this reason:</para>
				<own><xsl:value-of select="proposed/reason"/></own>
			</xsl:for-each>
		</section>
	</xsl:template>

	<xsl:template match="application">
		<section title="Use in connection with drug dealing offences: regulation 3(1)(a)">
			<para>The drug dealing offence is: <xsl:value-of select="tro:code('offences', string(offence), 'title')"/> (<xsl:value-of select="tro:code('offences', string(offence), 'act')"/>).</para>
			<para>The connection is: <xsl:value-of select="tro:code('connections', string(connection), 'title')"/> (section 80A(4) of the Act of 2015).</para>
			<own><xsl:value-of select="grounds"/></own>
		</section>
		<xsl:call-template name="words"><xsl:with-param name="title">Why the orders would prevent or restrict such use: regulation 3(1)(b)</xsl:with-param><xsl:with-param name="words" select="prevent"/></xsl:call-template>
		<xsl:call-template name="words"><xsl:with-param name="title">Full and frank disclosure</xsl:with-param><xsl:with-param name="words" select="candour"/></xsl:call-template>
		<xsl:call-template name="words"><xsl:with-param name="title">Other steps that were taken or considered</xsl:with-param><xsl:with-param name="words" select="alternatives"/></xsl:call-template>
		<xsl:call-template name="words"><xsl:with-param name="title">Innocent users</xsl:with-param><xsl:with-param name="words" select="innocent-users"/></xsl:call-template>
		<xsl:call-template name="words"><xsl:with-param name="title">Calls to 999 and 112</xsl:with-param><xsl:with-param name="words" select="emergency-calls"/></xsl:call-template>
		<xsl:call-template name="words"><xsl:with-param name="title">Vulnerable people</xsl:with-param><xsl:with-param name="words" select="vulnerability"/></xsl:call-template>
	</xsl:template>

	<xsl:template match="orders" mode="privacy">
		<section title="Restriction of disclosure: regulation 9">
			<para>The applicant asks the court to order that the information in this application, in the witness statement and in the exhibits must not be disclosed without the court’s permission to anyone but the applicant and those who act for the applicant. That is necessary in the public interest for these reasons.</para>
			<xsl:for-each select="order[proposed/privacy = 'yes']">
				<para>As to the order against <xsl:value-of select="tro:register('providers', string(provider), 'name')"/>:</para>
				<own><xsl:value-of select="proposed/privacy-reason"/></own>
			</xsl:for-each>
			<para>Until this request is disposed of, none of that information may be disclosed to any person (regulation 9(5)).</para>
		</section>
	</xsl:template>

	<xsl:template match="case" mode="closing">
		<section title="Notice, hearing and evidence">
			<para>Neither this application nor its hearing has been notified to any affected person, the communications providers included, or to a legal representative of one (regulation 4(2)).</para>
			<para>If an order is made, the applicant will, as soon as reasonably practicable, serve a copy on the provider and take reasonable steps to bring the making of the order to the attention of any other affected person of whom the applicant is, or ought reasonably to be, aware (regulation 5(1)).</para>
			<para>The court is asked to dispense with service of the application and the evidence on the providers (CPR 23.9(2)).</para>
			<para>The applicant relies on the witness statement of <xsl:value-of select="$deponent/@name"/><xsl:if test="string(statement/signed) != ''"> dated <xsl:value-of select="tro:long-date(string(statement/signed))"/></xsl:if> and on its exhibits.</para>
		</section>
	</xsl:template>

	<xsl:template match="case" mode="truth">
		<section title="Statement of truth">
			<plain>The statement of truth to this application stands, signed, in the document with the applicant’s decision.</plain>
		</section>
	</xsl:template>

	<xsl:template name="words">
		<xsl:param name="title"/>
		<xsl:param name="words"/>
		<xsl:if test="normalize-space($words) != ''">
			<section title="{$title}"><own><xsl:value-of select="$words"/></own></section>
		</xsl:if>
	</xsl:template>

	<xsl:template name="moment">
		<xsl:param name="date"/>
		<xsl:param name="clock"/>
		<xsl:choose>
			<xsl:when test="string($clock) != ''"><xsl:value-of select="concat($clock, ' on ')"/></xsl:when>
			<xsl:otherwise>The end of </xsl:otherwise>
		</xsl:choose>
		<xsl:value-of select="concat(tro:weekday(string($date)), ' ', tro:long-date(string($date)))"/>
	</xsl:template>
</xsl:stylesheet>
