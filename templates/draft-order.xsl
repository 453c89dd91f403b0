<?xml version="1.0" encoding="UTF-8"?>
<!-- The draft order against one provider ($order is its number), with its schedule: all that SI
     2017/1240 says an order must contain, and what it may contain where that is asked for. Items and
     rows are numbered within the order, so that it says nothing of other providers. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:param name="order"/>
	<xsl:variable name="case" select="/case"/>
	<xsl:variable name="applicant" select="/case/people/person[@id = /case/application/applicant]"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>

	<xsl:template match="/case"><xsl:apply-templates select="orders/order[@n = $order]"/></xsl:template>

	<xsl:template match="order">
		<xsl:variable name="provider" select="string(provider)"/>
		<text name="order" part="draft-order-{provider}" title="Draft drug dealing telecommunications restriction order"
			date="{tro:local-date($time)}" author="{$force}" force="{$case/force}">
			<court>In <xsl:value-of select="tro:register('courts', string($case/court), 'name')"/></court>
			<claim>____________________</claim>
			<matter>In the matter of section 80A of the Serious Crime Act 2015</matter>
			<matter>and of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240) (“the Regulations”)</matter>
			<party role="Applicant"><xsl:value-of select="concat(tro:rank(string($applicant/@rank)), ' ', $applicant/@name, ', ', $force)"/></party>
			<party role="Communications provider"><xsl:value-of select="concat(tro:register('providers', $provider, 'legal-name'), ' (company number ', tro:register('providers', $provider, 'company-number'), ')')"/></party>
			<banner>Draft for the court</banner>
			<intro>Before ______________________________, sitting in private on ____________________ 20____,</intro>
			<intro>on the application of the applicant, heard and determined without notice, in private and in the absence of affected persons and their legal representatives,</intro>
			<intro>and the court being satisfied that each of the relevant items identified in the Schedule has been used, is likely to have been used or is likely to be used in the future in connection with drug dealing offences, and having reasonable grounds to believe that this order would prevent or restrict the use of a communication device in connection with such offences,</intro>
			<intro><b>it is ordered that:</b></intro>
			<section title="What must be done">
				<para>The communications provider <xsl:value-of select="tro:register('providers', $provider, 'legal-name')"/> (“the Provider”) must take, as to each relevant item in Part 1 of the Schedule, the action that is set out against it there.</para>
				<para><xsl:choose>
					<xsl:when test="string(proposed/comply-date) != ''">The Provider must comply with paragraph 1 by <b><xsl:value-of select="concat(proposed/comply-time, ' on ', tro:weekday(string(proposed/comply-date)), ' ', tro:long-date(string(proposed/comply-date)))"/></b>, the date and time that the applicant has asked for, which request the court agrees is reasonable (regulation 3(4) and (5)).</xsl:when>
					<xsl:otherwise>The Provider must comply with paragraph 1 by the end of ____________________ 20____, which is the fifth working day after the date of this order (regulation 3(4), (5) and (7); the Provider’s registered office is in <xsl:call-template name="division"><xsl:with-param name="provider" select="$provider"/></xsl:call-template>).</xsl:otherwise>
				</xsl:choose></para>
				<para>The applicant and the Provider may agree an earlier date and time by which paragraph 1 is to be complied with (regulation 3(6)).</para>
				<xsl:if test="proposed/carve-out = 'yes'">
					<para>If the applicant discovers that a relevant item is not being used in connection with drug dealing offences, this order does not apply to that item from the time at which the applicant informs the Provider of that in writing (regulations 3(3) and 5(2)).</para>
				</xsl:if>
			</section>
			<section title="Duration">
				<para><xsl:choose>
					<xsl:when test="string(proposed/until) != ''">This order lasts to the end of <b><xsl:value-of select="tro:long-date(string(proposed/until))"/></b> (regulation 3(2)).</xsl:when>
					<xsl:otherwise>This order lasts until it is discharged under regulation 10 (regulation 3(2)).</xsl:otherwise>
				</xsl:choose></para>
			</section>
			<section title="Costs of compliance">
				<para><xsl:choose>
					<xsl:when test="string(proposed/costs) != ''">Under regulation 7 the applicant must pay these costs of the Provider in complying with this order: <xsl:value-of select="proposed/costs"/></xsl:when>
					<xsl:otherwise>There is no order under regulation 7 as to the costs of complying with this order. A further order may be applied for.</xsl:otherwise>
				</xsl:choose></para>
			</section>
			<xsl:if test="proposed/privacy = 'yes'">
				<section title="Restriction of disclosure">
					<para>It being necessary in the public interest, the information in the application, the witness statement and the exhibits, and in what was said at the hearing, must not be disclosed without the permission of the court to any person other than the applicant and those who act for the applicant, until the court orders otherwise (regulation 9).</para>
				</section>
			</xsl:if>
			<section title="Service, and applications to the court">
				<para>Service on the Provider of the application and of the evidence in support is dispensed with (CPR 23.9(2)).</para>
				<para>A person who was not served with the application before this order was made may apply to have it set aside or varied; such an application must be made within 7 days after the date on which this order was served on that person (CPR 23.10).</para>
				<para>An affected person may apply under regulation 10 for this order to be discharged or varied, and may appeal under regulation 8, having given written notice, at least 24 hours before, to the applicant and, if that person is not the Provider, to the Provider; the applicant and the Provider must then be named as parties.</para>
			</section>
			<section title="The Schedule, Part 1: relevant items and action">
				<table caption="Relevant items">
					<head><cell>No.</cell><cell>Relevant item</cell><cell>Action that the Provider must take</cell></head>
					<xsl:for-each select="schedule/row">
						<row>
							<cell><xsl:value-of select="@number"/></cell>
							<cell><xsl:for-each select="identifier"><line><xsl:value-of select="concat(@title, ' ')"/><id type="{@type}"><xsl:value-of select="@value"/></id><xsl:if test="@dialled"> (<xsl:value-of select="translate(@dialled, ' ', '&#160;')"/>)</xsl:if></line></xsl:for-each></cell>
							<cell><xsl:for-each select="action"><line><xsl:value-of select="@title"/></line></xsl:for-each></cell>
						</row>
					</xsl:for-each>
				</table>
			</section>
			<section title="The Schedule, Part 2: the actions and calls to 999 and 112">
				<table caption="Effect of each action on calls to 999 and 112">
					<head><cell>Action</cell><cell>Effect on calls to 999 and 112</cell></head>
					<xsl:for-each select="schedule/action">
						<row><cell><xsl:value-of select="@title"/></cell><cell><xsl:value-of select="@emergency"/></cell></row>
					</xsl:for-each>
				</table>
			</section>
			<section title="To the Provider">
				<plain>As soon as reasonably practicable after complying with this order you must notify the applicant and Ofcom that you have complied (regulation 6).</plain>
				<plain>The applicant can be reached at: <xsl:value-of select="tro:register('forces', string($case/force), 'desk')"/>.</plain>
			</section>
		</text>
	</xsl:template>

	<xsl:template name="division">
		<xsl:param name="provider"/>
		<xsl:variable name="division" select="tro:register('providers', $provider, 'division')"/>
		<xsl:choose>
			<xsl:when test="$division = 'scotland'">Scotland</xsl:when>
			<xsl:when test="$division = 'northern-ireland'">Northern Ireland</xsl:when>
			<xsl:otherwise>England and Wales</xsl:otherwise>
		</xsl:choose>
	</xsl:template>
</xsl:stylesheet>
