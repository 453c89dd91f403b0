<?xml version="1.0" encoding="UTF-8"?>
<!-- One line for each identifier of an order's schedule that the order applies to; with $only =
     'excluded', of the items that are excepted from it. The instant comply_by is the first at which it
     is too late: of an order that runs to the end of a day that is midnight, so last_day says the day.
     What binds comes from the order, a variation, an agreement (regulation 3(6)) or regulation 3(5). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:tro="urn:tro:workflow:1">
	<xsl:output method="text" encoding="UTF-8"/>
	<xsl:param name="training"/>
	<xsl:param name="only"/>

	<xsl:template match="/case">
		<xsl:text>mode,no,type,value,dialled,actions,comply_by,last_day,until,terms_from,court_reference&#13;&#10;</xsl:text>
		<xsl:for-each select="orders/order">
			<xsl:variable name="order" select="."/>
			<xsl:for-each select="schedule/row[($only = 'excluded') = boolean(@excepted)]/identifier">
				<xsl:choose><xsl:when test="$training = 'yes'">TRAINING</xsl:when><xsl:otherwise>live</xsl:otherwise></xsl:choose>
				<xsl:value-of select="concat(',', ../@number, ',', @type, ',')"/>
				<xsl:choose>
					<xsl:when test="@type = 'msisdn'"><xsl:value-of select="tro:csv(substring-after(@value, '+'))"/></xsl:when>
					<xsl:otherwise><xsl:value-of select="tro:csv(string(@value))"/></xsl:otherwise>
				</xsl:choose>
				<xsl:value-of select="concat(',', tro:csv(string(@dialled)), ',')"/>
				<xsl:variable name="actions"><xsl:for-each select="../action"><xsl:if test="position() != 1"><xsl:text> </xsl:text></xsl:if><xsl:value-of select="@code"/></xsl:for-each></xsl:variable>
				<xsl:value-of select="concat(tro:csv(string($actions)), ',')"/>
				<xsl:if test="string($order/comply-by) != ''"><xsl:value-of select="tro:offset-time(string($order/comply-by))"/></xsl:if>
				<xsl:text>,</xsl:text>
				<xsl:choose>
					<xsl:when test="$order/agreed-earlier/date"><xsl:value-of select="$order/agreed-earlier/date"/></xsl:when>
					<xsl:when test="string($order/terms/comply-date) != ''"><xsl:value-of select="$order/terms/comply-date"/></xsl:when>
					<xsl:otherwise><xsl:value-of select="$order/last-day"/></xsl:otherwise>
				</xsl:choose>
				<xsl:value-of select="concat(',', $order/terms/until, ',')"/>
				<xsl:choose>
					<xsl:when test="$order/agreed-earlier/date">agreement</xsl:when>
					<xsl:when test="$order/variations/variation[comply-date or comply-time or until]">variation</xsl:when>
					<xsl:when test="string($order/terms/comply-date) = ''">regulation 3(5)</xsl:when>
					<xsl:otherwise>order</xsl:otherwise>
				</xsl:choose>
				<xsl:value-of select="concat(',', tro:csv(string($order/made/court-reference)), '&#13;&#10;')"/>
			</xsl:for-each>
		</xsl:for-each>
	</xsl:template>
</xsl:stylesheet>
