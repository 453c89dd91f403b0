<?xml version="1.0" encoding="UTF-8"?>
<!-- One line for each identifier of an order's schedule; with $only = 'excluded', of the items that
     are excepted from it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:tro="urn:tro:workflow:1">
	<xsl:output method="text" encoding="UTF-8"/>
	<xsl:param name="training"/>
	<xsl:param name="only"/>

	<xsl:template match="/case">
		<xsl:text>mode,no,type,value,dialled,actions,comply_by,until,court_reference&#13;&#10;</xsl:text>
		<xsl:for-each select="orders/order">
			<xsl:variable name="order" select="."/>
			<xsl:for-each select="schedule/row[$only != 'excluded' or @n = $order/exclusions/exclusion/item]/identifier">
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
				<xsl:value-of select="concat(',', $order/made/until, ',', tro:csv(string($order/made/court-reference)), '&#13;&#10;')"/>
			</xsl:for-each>
		</xsl:for-each>
	</xsl:template>
</xsl:stylesheet>
