<?xml version="1.0" encoding="UTF-8"?>
<!-- The order as made, as it is recorded: what a clerk or a machine at the provider can work from.
     The paper with the court's seal is the order. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:variable name="case" select="/case"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>

	<xsl:template match="/case"><xsl:apply-templates select="orders/order"/></xsl:template>

	<xsl:template match="order">
		<xsl:variable name="provider" select="string(provider)"/>
		<text name="order" part="order-transcription" title="Drug dealing telecommunications restriction order: transcription"
			date="{tro:local-date($time)}" author="{$force}" force="{$case/force}">
			<court>In <xsl:value-of select="tro:register('courts', string($case/court), 'name')"/></court>
			<claim><xsl:value-of select="made/court-reference"/></claim>
			<matter>In the matter of section 80A of the Serious Crime Act 2015</matter>
			<matter>and of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240)</matter>
			<party role="Applicant">A police officer or officer of the National Crime Agency who may apply under regulation 4(1), for <xsl:value-of select="$force"/></party>
			<party role="Communications provider"><xsl:value-of select="concat(tro:register('providers', $provider, 'legal-name'), ' (company number ', tro:register('providers', $provider, 'company-number'), ')')"/></party>
			<banner>Transcription; the sealed order prevails.</banner>
			<intro>This sets out the terms of the order dated <b><xsl:value-of select="tro:long-date(string(made/date))"/></b><xsl:if test="string(made/judge) != ''">, made by <xsl:value-of select="made/judge"/></xsl:if><xsl:for-each select="variations/variation">, as varied on <b><xsl:value-of select="tro:long-date(string(date))"/></b><xsl:if test="string(court-reference) != ''"> (<xsl:value-of select="court-reference"/>)</xsl:if></xsl:for-each>. A second person has read the identifiers, actions, dates and time against the sealed order<xsl:if test="variations/variation"> as varied</xsl:if>.</intro>
			<section title="What must be done">
				<para>The communications provider must take, as to each relevant item in Part 1 of the Schedule, the action that is set out against it there.</para>
				<para><xsl:apply-templates select="." mode="deadline"/></para>
				<xsl:if test="made/earlier = 'yes'">
					<para>The applicant and the communications provider may agree an earlier date and time (regulation 3(6)).</para>
				</xsl:if>
				<xsl:if test="made/carve-out = 'yes'">
					<para>If the applicant discovers that a relevant item is not being used in connection with drug dealing offences and informs the communications provider in writing, the order does not apply to that item (regulations 3(3) and 5(2)).</para>
				</xsl:if>
			</section>
			<section title="Duration, costs and other terms">
				<para><xsl:choose>
					<xsl:when test="string(terms/until) != ''">The order lasts to the end of <b><xsl:value-of select="tro:long-date(string(terms/until))"/></b><xsl:if test="variations/variation/until">, as the court varied it on <xsl:value-of select="tro:long-date(string(variations/variation[until][last()]/date))"/></xsl:if>.</xsl:when>
					<xsl:otherwise>The order lasts until it is discharged under regulation 10.</xsl:otherwise>
				</xsl:choose></para>
				<xsl:if test="privacy/outcome = 'granted'">
					<para>The court has restricted disclosure under regulation 9: see the sealed order.</para>
				</xsl:if>
				<xsl:if test="string(made/costs) != ''">
					<para>Costs of compliance (regulation 7): <xsl:value-of select="made/costs"/></para>
				</xsl:if>
				<xsl:if test="normalize-space(made/terms) != ''">
					<para>The court added or changed these terms:</para>
					<own><xsl:value-of select="made/terms"/></own>
				</xsl:if>
				<xsl:for-each select="variations/variation[normalize-space(terms) != '']">
					<para>The court varied the order on <xsl:value-of select="tro:long-date(string(date))"/> in these terms:</para>
					<own><xsl:value-of select="terms"/></own>
				</xsl:for-each>
			</section>
			<section title="The Schedule, Part 1: relevant items and action">
				<table caption="Relevant items">
					<head><cell>No.</cell><cell>Relevant item</cell><cell>Action</cell></head>
					<xsl:for-each select="schedule/row[not(@excepted)]">
						<row>
							<cell><xsl:value-of select="@number"/></cell>
							<cell><xsl:for-each select="identifier"><line><xsl:value-of select="concat(@title, ' ')"/><id type="{@type}"><xsl:value-of select="@value"/></id><xsl:if test="@dialled"> (<xsl:value-of select="translate(@dialled, ' ', '&#160;')"/>)</xsl:if></line></xsl:for-each></cell>
							<cell><xsl:for-each select="action"><line><xsl:value-of select="@title"/></line></xsl:for-each></cell>
						</row>
					</xsl:for-each>
				</table>
				<!-- Named, but not as identifiers to act upon. -->
				<xsl:for-each select="schedule/row[@excepted]">
					<para>No. <xsl:value-of select="@number"/> (<xsl:for-each select="identifier"><xsl:if test="position() != 1">, </xsl:if><xsl:value-of select="concat(@title, ' ', @value)"/></xsl:for-each>) stands in the sealed order, but <b>the order does not apply to it</b>: the applicant has discovered that it is not being used in connection with drug dealing offences and informs the communications provider of that (regulations 3(3) and 5(2)).</para>
				</xsl:for-each>
			</section>
			<section title="The Schedule, Part 2: the actions and calls to 999 and 112">
				<table caption="Effect of each action on calls to 999 and 112">
					<head><cell>Action</cell><cell>Effect on calls to 999 and 112</cell></head>
					<xsl:for-each select="schedule/action">
						<row><cell><xsl:value-of select="@title"/></cell><cell><xsl:value-of select="@emergency"/></cell></row>
					</xsl:for-each>
				</table>
			</section>
			<section title="When you have complied">
				<plain>As soon as reasonably practicable after complying you must notify the applicant and Ofcom (regulation 6).</plain>
				<plain>The applicant’s desk, at all hours: <xsl:value-of select="tro:register('forces', string($case/force), 'desk')"/>.</plain>
			</section>
		</text>
	</xsl:template>

	<xsl:template match="order" mode="deadline">
		<xsl:variable name="varied"><xsl:if test="variations/variation[comply-date or comply-time]">, as the court varied it on <xsl:value-of select="tro:long-date(string(variations/variation[comply-date or comply-time][last()]/date))"/></xsl:if></xsl:variable>
		<xsl:choose>
			<xsl:when test="agreed-earlier/date">It must do so by <b><xsl:value-of select="concat(agreed-earlier/time, ' on ', tro:weekday(string(agreed-earlier/date)), ' ', tro:long-date(string(agreed-earlier/date)))"/></b> (UK time). That is the earlier time which the applicant and the communications provider have agreed (regulation 3(6)).</xsl:when>
			<xsl:when test="string(terms/comply-date) != '' and string(terms/comply-time) != ''">It must do so by <b><xsl:value-of select="concat(terms/comply-time, ' on ', tro:weekday(string(terms/comply-date)), ' ', tro:long-date(string(terms/comply-date)))"/></b> (UK time)<xsl:value-of select="$varied"/>.</xsl:when>
			<xsl:when test="string(terms/comply-date) != ''">It must do so by <b>the end of <xsl:value-of select="concat(tro:weekday(string(terms/comply-date)), ' ', tro:long-date(string(terms/comply-date)))"/></b> (UK time)<xsl:value-of select="$varied"/>.</xsl:when>
			<xsl:when test="string(comply-by) = ''">The order states no date, and which working days count for this provider is not settled: ask the desk named below.</xsl:when>
			<xsl:otherwise>The order states no date. Under regulation 3(5) it must be complied with by the end of the fifth working day after its date<xsl:if test="string(last-day) != ''">, <xsl:value-of select="concat(tro:weekday(string(last-day)), ' ', tro:long-date(string(last-day)))"/></xsl:if>, which is <b>before <xsl:value-of select="tro:local(string(comply-by))"/></b> (UK time).</xsl:otherwise>
		</xsl:choose>
	</xsl:template>
</xsl:stylesheet>
